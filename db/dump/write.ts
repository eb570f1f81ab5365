import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { to } from 'pg-copy-streams'
import type { DatabaseHandle } from '../database.ts'
import { sequenceValues, tablesInOrder } from './catalog.ts'
import { DumpError, type DumpHeader, endOfRows, lineOf } from './format.ts'

/**
 * Writes everything that a database has into a stream, as it is at one moment, whoever writes meanwhile. Needs little
 * memory, however much there is. Resolves with the header of the dump.
 *
 * @param database without a time limit for statements, and without a pooler in transaction mode in between
 * @param output ended when all is written
 * @throws DumpError for a database without the tables of this program
 */
export async function writeDump(database: DatabaseHandle, output: Writable): Promise<DumpHeader> {
  const client = await database.pool.connect()
  try {
    const tables = await tablesInOrder(client)
    const names = tables.map(({ name }) => name)
    if (!['paper', 'feed'].every((name) => names.includes(name)))
      throw new DumpError('The database has no papers and no feed. Check DATABASE_URL, or DATA_DIR.')
    await client.query('begin isolation level repeatable read read only')
    // Before the first look: a migration either is done by then, or waits until the end.
    await client.query(`lock table ${names.map((name) => `"${name}"`).join(', ')} in access share mode`)
    const { rows: facts } = await client.query<Omit<DumpHeader, 'format' | 'version'>>(
      `select split_part(current_setting('server_version'), ' ', 1) as postgres,
         to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt",
         (select array_agg(name order by name) from kysely_migration) as migrations,
         (select count(*)::integer from paper) as papers, (select head::double precision from feed) as head`,
    )
    const [fact] = facts
    if (!fact) throw new Error('The feed has no row.')
    const header: DumpHeader = { format: 'daily-papers dump', version: 1, ...fact }
    const parts = async function* () {
      yield lineOf(header)
      const rows: Record<string, number> = {}
      for (const { name, columns } of tables) {
        yield lineOf({ table: name, columns })
        const stream = client.query(to(`copy "${name}" (${columns.join(', ')}) to stdout`))
        yield* stream
        yield endOfRows
        rows[name] = stream.rowCount
      }
      yield lineOf({ end: true, sequences: await sequenceValues(client), rows })
    }
    await pipeline(parts, createGzip(), output)
    return header
  } finally {
    client.release(true)
  }
}
