export * from './check-stream.js'
export * from './judge-pool.js'
