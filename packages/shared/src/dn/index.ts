export * from './dn.js'
export * from './order.js'
