import type pg from 'pg'

export interface CatalogTable {
  readonly name: string
  /** Those that have values of their own, as SQL. */
  readonly columns: readonly string[]
}

/** What the migrator keeps itself, and who polls at this moment. */
const notDumped = ['kysely_migration', 'kysely_migration_lock', 'lease']

/** The tables of the program, those that others refer to first. */
export async function tablesInOrder(client: pg.ClientBase): Promise<CatalogTable[]> {
  const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname::text as name, array_agg(quote_ident(a.attname) order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and not c.relname = any ($1)
     group by c.relname order by c.relname`,
    [notDumped],
  )
  const { rows: references } = await client.query<{ source: string; target: string }>(
    `select s.relname::text as source, t.relname::text as target
     from pg_constraint f join pg_class s on s.oid = f.conrelid join pg_class t on t.oid = f.confrelid
     where f.contype = 'f' and s.relnamespace = current_schema()::regnamespace and s.oid <> t.oid`,
  )
  const left = new Map(tables.map((table) => [table.name, table]))
  const ordered: CatalogTable[] = []
  while (left.size > 0) {
    const isFree = (name: string) =>
      !references.some(({ source, target }) => source === name && left.has(target))
    const free = [...left.values()].filter(({ name }) => isFree(name))
    if (free.length === 0)
      throw new Error(`Tables refer to each other in a circle: ${[...left.keys()].join(', ')}.`)
    for (const table of free) left.delete(table.name)
    ordered.push(...free)
  }
  return ordered
}

/** The last value of each sequence that was used. */
export async function sequenceValues(client: pg.ClientBase): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string; value: string | null }>(
    `select c.relname::text as name, pg_sequence_last_value(c.oid)::text as value
     from pg_class c where c.relkind = 'S' and c.relnamespace = current_schema()::regnamespace`,
  )
  return Object.fromEntries(
    rows.flatMap(({ name, value }) => (value === null ? [] : [[name, Number(value)]])),
  )
}
