export * from './check.js'
export * from './complete.js'
export * from './context.js'
export * from './profiles.js'
