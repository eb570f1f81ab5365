import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../db/database.ts'
import { query, startTestApp } from '../support/app.ts'
import { createTestDatabase } from '../support/database.ts'
import { execute } from '../support/execute.ts'
import { plant } from '../support/papers.ts'
import { aReading, aRecord } from '../support/records.ts'

const question = `{
  papers(first: 1) { nodes { publishedAt listings { edition { date } } } }
  edition { date }
  editions(first: 2) { nodes { date } }
  one: edition(date: "2026-01-05") { date }
}`

/** What a database says of itself as the defaults of its sessions. */
const strange = [
  ["datestyle = 'German'"],
  ["datestyle = 'SQL, DMY'"],
  ["datestyle = 'Postgres'"],
  ["timezone = 'Asia/Kathmandu'"],
  ["intervalstyle = 'iso_8601'"],
  ['extra_float_digits = -10'],
  ["client_encoding = 'LATIN1'"],
  ["default_transaction_isolation = 'serializable'"],
  ['gin_fuzzy_search_limit = 1'],
  ['statement_timeout = 50'],
  ['transform_null_equals = on'],
  ["search_path = 'pg_catalog'"],
] as const

async function strangeDatabase(...settings: readonly string[]) {
  const database = await createTestDatabase()
  const name = new URL(database.url).pathname.slice(1)
  const reading = aReading('2026-01-05', '2026-01-05T12:00:00.000Z', [
    aRecord({ title: 'Grüße an Ω', publishedAt: '2026-01-05T10:20:30.000Z' }),
  ])
  await plant(database.database.db, reading.records, { editions: reading.editions })
  await database.database.close()
  for (const setting of settings) await execute(database.url, `alter database ${name} set ${setting}`)
  return database
}

describe('a database with other defaults for its sessions gives the same answers', () => {
  test.each(strange)('%s', async (setting) => {
    const database = await strangeDatabase(setting)
    await using handle = openDatabase({ connectionString: database.url, max: 2 })
    const { rows } = await sql<object>`
      select date '2026-01-05' as day, timestamptz '2026-01-05 10:20:30Z' as at, 'Ω' as letter,
        interval '1 day 2 hours' as span, array[date '2026-01-05']::date[] as days,
        to_jsonb(timestamptz '2026-01-05 10:20:30Z') as json, 0.1::float8 + 0.2 as sum,
        current_setting('transaction_isolation') as isolation, (select title from paper) as title, pg_sleep(0.1)::text as slept
    `.execute(handle.db)
    expect(rows).toEqual([
      {
        day: '2026-01-05',
        at: new Date('2026-01-05T10:20:30Z'),
        letter: 'Ω',
        span: { days: 1, hours: 2 },
        days: ['2026-01-05'],
        json: '2026-01-05T10:20:30+00:00',
        sum: 0.30000000000000004,
        isolation: 'read committed',
        title: 'Grüße an Ω',
        slept: '',
      },
    ])
  })

  test('all of them together, through the whole server: queries and writes at once', async () => {
    const database = await strangeDatabase(
      "datestyle = 'German'",
      "timezone = 'Asia/Kathmandu'",
      "default_transaction_isolation = 'repeatable read'",
      "search_path = 'pg_catalog'",
    )
    const token = 'a-token-of-the-tests'
    await using app = await startTestApp({
      settings: { DATABASE_URL: database.url, WRITE_TOKEN: token, POOL_SIZE: '10' },
    })
    expect(await query(app, question.replace('listings { edition { date } }', ''))).toEqual({
      papers: { nodes: [{ publishedAt: '2026-01-05T10:20:30.000Z' }] },
      edition: { date: '2026-01-05' },
      editions: { nodes: [{ date: '2026-01-05' }] },
      one: { date: '2026-01-05' },
    })
    const ingest = 'mutation ($papers: [PaperInput!]!) { ingestPapers(papers: $papers) { newCount } }'
    const written = await Promise.all(
      Array.from({ length: 8 }, (_, number) => {
        const paper = {
          observedAt: '2026-06-16T12:00:00Z',
          arxivId: `2606.0001${number}`,
          title: `Paper ${number}`,
          publishedAt: '2026-06-15',
          authors: [{ name: 'Ada Lovelace' }],
        }
        return query(app, ingest, { papers: [paper] }, token)
      }),
    )
    expect(written).toEqual(written.map(() => ({ ingestPapers: { newCount: 1 } })))
  })
})

test('a raw statement of the pool has the same settings, and so has each new connection', async () => {
  const database = await strangeDatabase("datestyle = 'German'")
  await using handle = openDatabase({ connectionString: database.url, max: 3, statementTimeoutMs: 7_000 })
  const settings = await Promise.all(
    [1, 2, 3].map(async () => {
      const { rows } = await handle.pool.query(
        "select current_setting('datestyle') as style, current_setting('statement_timeout') as time, pg_sleep(0.1)::text",
      )
      return rows[0]
    }),
  )
  expect(settings).toEqual(settings.map(() => ({ style: 'ISO, MDY', time: '7s', pg_sleep: '' })))
})
