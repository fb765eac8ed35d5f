/** Material for tests of every package; nothing here is part of the product. */
export * from './make-certificate.js'
export * from './make-csr.js'
export * from './sample.js'
export * from './pieces.js'
export * from './sample-kinds.js'
