/** Material for tests of every package; nothing here is part of the product. */
export * from './make-csr.js'
export * from './sample.js'
