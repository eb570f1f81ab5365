import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, inject, onTestFinished, test } from 'vitest'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { databaseFacts } from '../../db/connection/server.ts'
import { type Db, openDatabase } from '../../db/database.ts'
import { migrations } from '../../db/migrations/index.ts'
import { suggestionsFor } from '../../db/search/suggestions.ts'
import { repairText } from '../../db/search/typos.ts'
import { readConfig } from '../../src/config.ts'
import { StartError } from '../../src/faults.ts'
import { createLogger } from '../../src/log.ts'
import { openStore } from '../../src/store.ts'
import { execute } from '../support/execute.ts'
import { plant } from '../support/papers.ts'
import { anAuthor } from '../support/records.ts'
import { databaseUrl } from '../support/urls.ts'

async function databaseOf(locale: string): Promise<{ db: Db; url: string }> {
  const clusterUrl = inject('clusterUrl')
  const name = `locale_${randomBytes(6).toString('hex')}`
  await execute(clusterUrl, `create database ${name} encoding 'UTF8' template template0 ${locale}`)
  const url = databaseUrl(clusterUrl, name)
  const { db, close } = openDatabase({ connectionString: url, max: 1 })
  onTestFinished(async () => {
    await close()
    await execute(clusterUrl, `drop database ${name} with (force)`)
  })
  return { db, url }
}

const turkish = `locale_provider icu icu_locale 'tr-TR' locale 'C.UTF-8'`
const locales = [
  [turkish],
  [`locale_provider icu icu_locale 'az-AZ' locale 'C.UTF-8'`],
  [`locale_provider icu icu_locale 'en-US' locale 'C.UTF-8'`],
  [`locale 'C'`],
  [`locale 'C.UTF-8'`],
] as const

/** What people type and get, of the same few names. */
async function answers(db: Db) {
  const suggested = async (typed: string) => (await suggestionsFor(db, typed, 5)).map(({ text }) => text)
  return {
    capitals: await suggested('VIDEO GENERATION'),
    small: await suggested('clip'),
    author: await suggested('IRI'),
    accents: await suggested('ГЕННАДИЙ'),
    repaired: await repairText(db, 'inpaintng'),
    words: (await db.selectFrom('word').select('word').orderBy('word').execute()).map(({ word }) => word),
    names: (await db.selectFrom('name_word').select('word').orderBy('word').execute()).map(
      ({ word }) => word,
    ),
  }
}

test.each(locales)('names are suggested and words repaired alike with %s', async (locale) => {
  const { db } = await databaseOf(locale)
  await migrateToLatest(db)
  await plant(db, [
    {
      title: 'Instant Inpainting In Images: ПРИВЕТ',
      authors: [anAuthor('IRINA Ilić'), anAuthor('Геннадий Иванов')],
      keywords: ['VIDEO GENERATION', 'CLIP'],
    },
  ])
  expect(await answers(db)).toEqual({
    capitals: ['video generation'],
    small: ['clip'],
    author: ['IRINA Ilić'],
    accents: ['Геннадий Иванов'],
    repaired: 'inpainting',
    words: ['images', 'inpainting', 'instant', 'привет'],
    names: ['ilic', 'irina', 'геннадий', 'иванов'],
  })
})

test('what was folded by the rules of a language before the upgrade is folded anew by it', async () => {
  const { db } = await databaseOf(turkish)
  const before = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  expect((await before.migrateTo('0007_name_words')).error).toBeUndefined()
  await sql`insert into author (name) values ('IRINA Ilić')`.execute(db)
  await sql`insert into paper (title, title_key, published_at, provenance, ingested_at, updated_at)
    values ('Instant Inpainting', 'instant inpainting', now(), '{}', now(), now())`.execute(db)
  expect((await answers(db)).words).toEqual(['ınpainting', 'ınstant'])
  await migrateToLatest(db)
  expect(await answers(db)).toMatchObject({
    author: ['IRINA Ilić'],
    repaired: 'inpainting',
    words: ['inpainting', 'instant'],
    names: ['ilic', 'irina'],
  })
})

test('a database in which a search misses words in capitals is refused by its locale, and no other is', async () => {
  const { db, url } = await databaseOf(turkish)
  const { findsCapitals } = await databaseFacts(db)
  const log = createLogger({ level: 'error', format: 'text', write: () => {} })
  const opened = await openStore(readConfig({ DATABASE_URL: url }), log).then(
    async (store) => {
      await store.close()
      return 'opened'
    },
    (error: Error) => error,
  )
  // Postgres folds the words of texts by the language since version 18.
  if (findsCapitals) expect(opened).toBe('opened')
  else {
    expect(opened).toBeInstanceOf(StartError)
    expect(String(opened)).toContain('The database has the locale tr')
  }
})
