export * from './codec.js'
export * from './kind-table.js'
export * from './kind-tables.js'
export * from './shift-jis.js'
