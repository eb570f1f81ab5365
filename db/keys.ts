import { type AliasedRawBuilder, type RawBuilder, sql } from 'kysely'

/** Types of keys in Postgres. */
export type KeyType = 'text' | 'date' | 'bigint'

/** `column = any($1)`: one parameter and one statement text whatever the number of values, and no row for none. */
export function anyOf<Value>(values: readonly Value[]): RawBuilder<Value> {
  return sql<Value>`any(${values})`
}

/** The keys as the table `k (key)`, for statements that read some rows of each. */
export function keyTable<Key extends string | number>(
  keys: readonly Key[],
  type: KeyType,
): AliasedRawBuilder<{ key: Key }, 'k'> {
  return sql<{ key: Key }>`unnest(${keys}::${sql.raw(type)}[])`.as<'k'>(sql`k (key)`)
}

/** A list of keys as Postgres writes an array. */
export function arrayText(keys: readonly (number | string)[]): string {
  return `{${keys.map((key) => (typeof key === 'number' ? key : `"${key.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`
}
