/**
 * Columns by their names, all of a table: a statement with `*` cannot stay prepared over a migration
 * (prepared-client.ts).
 */

/** @returns the columns as they are; does not compile when one of the row's is missing */
export const columnsOf =
  <Row>() =>
  <const Columns extends readonly (keyof Row & string)[]>(
    ...columns: [keyof Row] extends [Columns[number]] ? Columns : never
  ): Columns =>
    columns
