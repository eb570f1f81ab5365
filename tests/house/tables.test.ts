import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { useTestDatabase } from '../support/database.ts'

const copy = useTestDatabase()

/** What the pool turns each Postgres type into, as db/tables.ts writes it. */
const written: Record<string, string[]> = {
  text: [
    ...['string', 'FeedEventKind', 'AccessRole', 'WebhookFormat'],
    ...['MailStatus', 'MailCadence', 'MailFormat', 'MailKind'],
  ],
  uuid: ['string'],
  bytea: ['Buffer'],
  tsvector: ['string'],
  int2: ['number'],
  int4: ['number'],
  int8: ['number'],
  float4: ['number'],
  bool: ['boolean'],
  timestamptz: ['Instant', 'Date'],
  date: ['Day', 'string'],
  jsonb: ['JSONColumnType'],
  _text: ['string[]'],
  _date: ['string[]'],
  _int8: ['number[]'],
}

interface Column {
  table: string
  column: string
  type: string
  nullable: boolean
  /** Whether an insert may leave it out. */
  generated: boolean
}

test('the table types are the migrated database: tables, columns, types, nulls, defaults', async () => {
  const { rows } = await sql<Column>`
    select table_name as table, column_name as column, udt_name as type, is_nullable = 'YES' as nullable,
      column_default is not null or is_identity = 'YES' or is_generated = 'ALWAYS' as generated
    from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely%'
  `.execute(copy.database.db)
  const declared = await declaredColumns()
  const key = ({ table, column }: Column) => `${table}.${column}`
  expect(declared.map(key).sort()).toEqual(rows.map(key).sort())
  const byKey = new Map(declared.map((column) => [key(column), column]))
  for (const row of rows) {
    const { type, ...rest } = row
    expect(byKey.get(key(row)), key(row)).toMatchObject(rest)
    expect(written[type], `${key(row)} of type ${type}`).toContain(byKey.get(key(row))?.type)
  }
})

/** Reads the interfaces of the tables: types leave nothing at run time to compare. */
async function declaredColumns(): Promise<Column[]> {
  const folder = new URL('../../db/', import.meta.url)
  const files = (await readdir(folder)).filter((file) => /\btables\.ts$/.test(file))
  const read = (file: string) => readFile(new URL(file, folder), 'utf8')
  const source = (await Promise.all(files.map(read))).join('\n')
  const bodies = new Map(
    [...source.matchAll(/^export interface (\w+) \{\n(.*?)^\}/gms)].map(([, name = '', body = '']) => [
      name,
      body,
    ]),
  )
  const properties = (name: string) => [...(bodies.get(name) ?? '').matchAll(/^ {2}(\w+): (.+)$/gm)]
  return properties('Tables').flatMap(([, table = '', rowType = '']) =>
    properties(rowType).map(([, column = '', text = '']) => {
      const nullable = text.endsWith(' | null')
      const bare = nullable ? text.slice(0, -' | null'.length) : text
      const wrapped = /^Generated(?:Always)?<(.+)>$/.exec(bare)?.[1]
      const type = (wrapped ?? bare).replace(/^JSONColumnType<.*/, 'JSONColumnType')
      return { table, column, type, nullable, generated: wrapped !== undefined }
    }),
  )
}
