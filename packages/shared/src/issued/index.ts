export * from './applications.js'
export * from './certificate.js'
