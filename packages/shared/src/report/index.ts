export * from './report.js'
export { ReportError } from './table.js'
