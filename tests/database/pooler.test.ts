import { sql } from 'kysely'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openDatabase } from '../../db/database.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { answerTo, query, startTestApp } from '../support/app.ts'
import { createTestDatabase } from '../support/database.ts'
import { execute } from '../support/execute.ts'
import { plant } from '../support/papers.ts'
import { startPooler } from '../support/pooler.ts'
import { aRecord } from '../support/records.ts'

test('a pooler that refuses parameters in the start of a connection is no obstacle, and the limit holds', async () => {
  const database = await createTestDatabase()
  await using pooler = await startPooler(database.url)
  await plant(database.database.db, [{}])
  await using app = await startTestApp({
    settings: { DATABASE_URL: pooler.url, DATABASE_LISTEN_URL: database.url, STATEMENT_TIMEOUT_MS: '200' },
  })
  expect(await query(app, '{ papers { totalCount } }')).toEqual({ papers: { totalCount: 1 } })
  await database.database.db.transaction().execute(async (other) => {
    await sql`lock table paper`.execute(other)
    expect(await answerTo(app, { query: '{ papers { totalCount } }' })).toMatchObject({
      errors: [{ extensions: { code: 'QUERY_TIMEOUT' } }],
    })
  })
})

test('the pooler of these tests refuses what a pooler refuses', async () => {
  const database = await createTestDatabase()
  await using pooler = await startPooler(database.url)
  const client = new pg.Client({ connectionString: pooler.url, statement_timeout: 1_000 })
  client.on('error', () => {})
  await expect(client.connect()).rejects.toThrow('unsupported startup parameter: statement_timeout')
})

test('where a pooler hands sessions from one to the other, each transaction has the settings and none is left behind', async () => {
  const database = await createTestDatabase()
  await using pooler = await startPooler(database.url, { transactions: true })
  const name = new URL(database.url).pathname.slice(1)
  await execute(database.url, `alter database ${name} set datestyle = 'German'`)
  await execute(database.url, `alter database ${name} set default_transaction_isolation = 'serializable'`)
  await using handle = openDatabase({ connectionString: pooler.url, max: 1, statementTimeoutMs: 200 })
  const { db } = handle
  const settings = sql<object>`select date '2026-01-05' as day, current_setting('statement_timeout') as time,
    current_setting('transaction_isolation') as isolation`
  const right = { day: '2026-01-05', time: '200ms', isolation: 'read committed' }
  expect((await settings.execute(db)).rows).toEqual([right])
  await db.transaction().execute(async (trx) => {
    expect((await settings.execute(trx)).rows).toEqual([right])
  })
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      expect((await settings.execute(trx)).rows).toEqual([{ ...right, isolation: 'repeatable read' }])
    })
  await expect(sql`select pg_sleep(5)`.execute(db)).rejects.toMatchObject({ code: '57014' })
  await expect(sql`select 1 / 0`.execute(db)).rejects.toMatchObject({ code: '22012' })
  expect((await settings.execute(db)).rows).toEqual([right])
  await recordPapers(db, { source: 'huggingface', records: [aRecord()] })
  expect(await db.selectFrom('paper').select('title').execute()).toEqual([{ title: 'A Paper on Papers' }])
  await sql`vacuum (analyze, skip_locked) paper`.execute(db)
  // Past the wrapper: the session as the next one would meet it.
  const { rows } = await handle.pool.query(
    "select current_setting('datestyle') as style, current_setting('statement_timeout') as time",
  )
  expect(rows).toEqual([{ style: 'German, DMY', time: '0' }])
})
