/** How columns read and write, where the two differ. */
import type { ColumnType } from 'kysely'

export type Timestamp = ColumnType<Date, Date, Date>
export type NullableTimestamp = ColumnType<Date | null, Date | null | undefined, Date | null>
export type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>
/** jsonb: read as the value, written as JSON text (an array would else become a PostgreSQL array). */
export type Json<T> = ColumnType<T, string, string>
export type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>
