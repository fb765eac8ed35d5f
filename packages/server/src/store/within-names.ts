/** The names of a department or an approval in SQL; the rule itself is in policy/approval.ts. */
import { type RawBuilder, sql } from 'kysely'

/**
 * Whether every one of the names is one of the patterns, or below one that begins with a dot; false without names.
 * @param names an expression of type text[]
 */
export const withinNames = (names: RawBuilder<unknown>, patterns: readonly string[]): RawBuilder<boolean> =>
  sql<boolean>`(coalesce(cardinality(${names}), 0) > 0 and not exists (
    select 1 from unnest(${names}) as asked (name) where asked.name is null or not exists (
      select 1 from unnest(${[...patterns]}::text[]) as given (pattern)
      where asked.name = given.pattern
        or (left(given.pattern, 1) = '.' and
          (asked.name = substr(given.pattern, 2) or right(asked.name, length(given.pattern)) = given.pattern)))))`
