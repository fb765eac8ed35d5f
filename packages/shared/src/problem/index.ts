export * from './finding.js'
export * from './finding-catalogue.js'
export * from './make-finding.js'
