export * from './base64.js'
export * from './csr.js'
export type { KeyType } from './public-key.js'
