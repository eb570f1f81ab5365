import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, inject, onTestFinished, test } from 'vitest'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { type Db, openDatabase } from '../../db/database.ts'
import { migrations } from '../../db/migrations/index.ts'
import { canonicalFilter } from '../../db/search/filter.ts'
import { countMatches } from '../../db/search/matches.ts'
import { suggestionsFor } from '../../db/search/suggestions.ts'
import { repairText } from '../../db/search/typos.ts'
import { readConfig } from '../../src/config.ts'
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

async function wordsOf(db: Db): Promise<string[]> {
  return (await db.selectFrom('word').select('word').orderBy('word').execute()).map(({ word }) => word)
}

/** What people type and get, of the same few names. */
async function answers(db: Db) {
  const suggested = async (typed: string) => (await suggestionsFor(db, typed, 5)).map(({ text }) => text)
  return {
    capitals: await suggested('VIDEO GENERATION'),
    small: await suggested('clip'),
    author: await suggested('IRI'),
    accents: await suggested('ГЕННАДИЙ'),
    repaired: await repairText(db, 'inpaintng'),
    words: await wordsOf(db),
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
  expect(await wordsOf(db)).toEqual(['ınpainting', 'ınstant'])
  await migrateToLatest(db)
  expect(await answers(db)).toMatchObject({
    author: ['IRINA Ilić'],
    repaired: 'inpainting',
    words: ['inpainting', 'instant'],
    names: ['ilic', 'irina'],
  })
})

/** What is searched for, and the papers that have it, of those that each database gets. */
const searches: readonly (readonly [string, number])[] = [
  ['VIDEO', 1],
  ['diffusion – transformer', 1],
  ['attention', 1],
  ['especially', 1],
  ['5', 1],
  ['cafe', 1],
  ['Irina', 1],
  ['istanbul', 1],
  ['注意力', 1],
  ['привет', 1],
  ['μLO', 1],
  ['gpt 5', 1],
  ['models—especially', 1],
  ['transformer·diffusion', 1],
  ['–', 0],
]

test.each(locales)('papers are found alike with %s', async (locale) => {
  const { db } = await databaseOf(locale)
  await migrateToLatest(db)
  await plant(db, [
    {
      title: 'VIDEO Diffusion–Transformer models—especially “attention” at 5× in a Café',
      abstract: 'GPT-5, μLO, İSTANBUL, 注意力机制, ПРИВЕТ',
      authors: [anAuthor('IRINA Ilić')],
    },
  ])
  const { rows } = await sql<{ terms: string }>`select search::text as terms from paper`.execute(db)
  const counts = await Promise.all(
    searches.map(async ([text]) => [text, await countMatches(db, canonicalFilter({ text }), 10)] as const),
  )
  expect(counts).toEqual(searches)
  // The same terms at the same places, whatever the database.
  storedTerms ??= rows[0]?.terms
  expect(rows[0]?.terms).toBe(storedTerms)
})
let storedTerms: string | undefined

test('a database of any language is taken', async () => {
  const { url } = await databaseOf(turkish)
  const log = createLogger({ level: 'error', format: 'text', write: () => {} })
  await (await openStore(readConfig({ DATABASE_URL: url }), log)).close()
})
