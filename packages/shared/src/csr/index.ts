export * from './base64.js'
export * from './csr.js'
export * from './weak-rsa.js'
export type { KeyType } from './public-key.js'
