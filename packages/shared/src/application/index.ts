export * from './application.js'
export * from './kind.js'
export * from './organisation.js'
