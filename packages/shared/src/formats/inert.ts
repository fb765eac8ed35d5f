/**
 * Keeps spreadsheets from running cells as formulas: `=…`, `+…`, `-…`, `@…` get an apostrophe in front when
 * a table is written, and lose it when one is read. Texts that begin with apostrophes before such a
 * character get one more, so that every text comes back as it was. Source: OWASP, "CSV Injection".
 */
const formula = /^'*[=+\-@＝＋－＠\t\r\n]/

export const toInert = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell)

export const fromInert = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell
