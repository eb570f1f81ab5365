import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLogger } from '../../src/log.ts'
import { startTestApp } from '../support/app.ts'
import { createTestDatabase } from '../support/database.ts'
import { aRecord } from '../support/records.ts'
import { subscribe } from '../support/subscribe.ts'

test('two servers on one database each deliver what the other ingests', async () => {
  await using first = await startTestApp()
  await using second = await startTestApp({ beside: first })
  const fromStart = 'subscription { paperIngested(after: "START") { paper { arxivId } } }'
  await using atFirst = subscribe(first, fromStart)
  await using atSecond = subscribe(second, fromStart)
  await recordPapers(first.db, { source: 'huggingface', records: [aRecord({ arxivId: '2606.00007' })] })
  const expected = { paperIngested: { paper: { arxivId: '2606.00007' } } }
  expect([await atFirst.next(), await atSecond.next()]).toEqual([expected, expected])
})

test('servers that start at once on an empty Postgres migrate it once and plant each paper once', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await sql`drop schema public cascade`.execute(db)
  await sql`create schema public`.execute(db)
  const logged: string[] = []
  const log = createLogger({ level: 'info', format: 'text', write: (line) => logged.push(line) })
  const config = readConfig({ PORT: '0', DATABASE_URL: database.url, POOL_SIZE: '3', SLOW_MS: '0' })
  const apps = await Promise.all([startApp(config, log), startApp(config, log), startApp(config, log)])
  try {
    const ran = apps.filter(({ store }) => store.migrated.length > 0)
    expect(ran).toHaveLength(1)
    const { papers } = await db
      .selectFrom('paper')
      .select((eb) => eb.fn.countAll<number>().as('papers'))
      .executeTakeFirstOrThrow()
    const { ingested } = await db
      .selectFrom('feed_event')
      .select((eb) => eb.fn.countAll<number>().as('ingested'))
      .where('kind', '=', 'ingested')
      .executeTakeFirstOrThrow()
    expect({ papers, ingested, logged }).toEqual({ papers: 43, ingested: 43, logged: [] })
  } finally {
    await Promise.all(apps.map((app) => app.close()))
  }
})
