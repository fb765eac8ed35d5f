export * from './dns-names.js'
export * from './host-name.js'
export * from './serial.js'
