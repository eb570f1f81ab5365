import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import { knownMigrations, migrateExactlyTo, migrateToLatest } from '../connection/migrate.ts'
import type { DatabaseHandle } from '../database.ts'
import { codeOf, messageOf } from '../error.ts'
import { type CatalogTable, tablesInOrder } from './catalog.ts'
import { type DumpEnd, DumpError, type DumpHeader, type DumpTable, parsed, readHeader } from './format.ts'
import { DumpReader } from './reader.ts'

/** What was restored. */
export interface Restored {
  readonly header: DumpHeader
  /** Migrations that the dump lacked and this program has, which ran after it. */
  readonly migrated: readonly string[]
}

/**
 * Reads a dump into an empty database, all or nothing, and migrates it to the schema of this program. The feed goes on
 * as another history: cursors up to the newest event of the dump stay valid, and later ones of its origin are refused.
 * Throws DumpError, whose message continues the name of the file.
 *
 * @param database without a time limit for statements, and without a pooler in transaction mode in between
 */
export async function restoreDump(database: DatabaseHandle, input: Readable): Promise<Restored> {
  const reader = new DumpReader(input)
  const header = readHeader(await reader.line(), knownMigrations())
  const client = await database.pool.connect()
  try {
    await refuseUnlessEmpty(client, header)
    await migrateExactlyTo(database.db, header.migrations)
    await client.query('begin')
    const tables = await tablesInOrder(client)
    const names = tables.map(({ name }) => `"${name}"`)
    await client.query(`lock table ${names.join(', ')} in access exclusive mode`)
    // A server may have begun with the tables a moment ago.
    await refuseUnlessEmpty(client, header)
    await client.query(`truncate ${names.join(', ')}`)
    for (const name of names) await client.query(`alter table ${name} disable trigger user`)
    const end = await load(client, reader, tables)
    for (const name of names) await client.query(`alter table ${name} enable trigger user`)
    for (const [name, value] of Object.entries(end.sequences))
      await client.query('select setval(quote_ident($1)::regclass, $2)', [name, value])
    await client.query(newHistory)
    await client.query('commit')
    const migrated = await migrateToLatest(database.db)
    await client.query('analyze')
    return { header, migrated }
  } finally {
    // An open transaction ends with its connection.
    client.release(true)
  }
}

/** As `beginTerm` does it; the place is this one, so that the first event does not begin another one. */
const newHistory = `update feed set place = feed_place(), terms = coalesce(terms, '[]') || jsonb_build_object(
  'after', head, 'id', ('x' || left(md5(gen_random_uuid()::text), 6))::bit(24)::integer)`

/** Empty is a database without tables, or one with those of the dump and no paper. */
async function refuseUnlessEmpty(client: pg.ClientBase, { migrations }: DumpHeader): Promise<void> {
  const { rows: tables } = await client.query<{ names: string[] | null }>(
    `select array_agg(relname::text) as names from pg_class
     where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace
       and relname <> 'kysely_migration_lock'`,
  )
  const names = tables[0]?.names ?? []
  if (names.length === 0) return
  if (!names.includes('kysely_migration') || !names.includes('paper'))
    throw new DumpError(
      'cannot be restored: the database has the tables of another program. Create an empty one.',
    )
  const { rows } = await client.query<{ papers: boolean; executed: string[] | null }>(
    `select exists (select from paper) or (select head > 0 from feed) as papers,
       (select array_agg(name order by name) from kysely_migration) as executed`,
  )
  if (rows[0]?.papers)
    throw new DumpError(
      'cannot be restored: the database has papers already. Create an empty database and name it in DATABASE_URL, or set DATA_DIR to a new folder.',
    )
  if (String(rows[0]?.executed) !== String([...migrations].sort()))
    throw new DumpError(
      'cannot be restored: the tables of the database are of another version. Restore into a database without tables.',
    )
}

/** Values that a column does not take, and rows that refer to others which are not there. */
function isFaultOfData(error: unknown): boolean {
  return /^2[23]/.test(codeOf(error) ?? '')
}

async function load(
  client: pg.ClientBase,
  reader: DumpReader,
  tables: readonly CatalogTable[],
): Promise<DumpEnd> {
  const loaded: Record<string, number> = {}
  for (;;) {
    const part = parsed(await reader.line()) as Partial<DumpTable & DumpEnd> | undefined
    if (part?.end) {
      const { rows = {}, sequences = {} } = part
      if (JSON.stringify(rows) !== JSON.stringify(loaded))
        throw new DumpError('is damaged: rows of it are missing.')
      return { end: true, rows, sequences }
    }
    const table = tables.find(({ name }) => name === part?.table)
    if (!table || !part?.columns)
      throw new DumpError('is damaged: it names a table that its version does not have.')
    const known = part.columns.every((column) => table.columns.includes(column))
    if (!known) throw new DumpError(`is damaged: it names a column that ${table.name} does not have.`)
    const target = client.query(from(`copy "${table.name}" (${part.columns.join(', ')}) from stdin`))
    await pipeline(Readable.from(reader.rows(), { objectMode: false }), target).catch((error) => {
      throw isFaultOfData(error) ? new DumpError(`is damaged: ${messageOf(error)}.`) : error
    })
    loaded[table.name] = target.rowCount
  }
}
