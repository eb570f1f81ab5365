import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, test } from 'vitest'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { type Db, openDatabase } from '../../db/database.ts'
import { migrations } from '../../db/migrations/index.ts'
import { canonicalFilter } from '../../db/search/filter.ts'
import { countMatches } from '../../db/search/matches.ts'
import { rebuildTerms } from '../../db/writer/rebuild-terms.ts'
import { createTestDatabase, useTestDatabase } from '../support/database.ts'
import { plant } from '../support/papers.ts'
import { awaiting } from '../support/patience.ts'

const empty = useTestDatabase()

/** A database as the version before the terms were made here left it, with so many papers. */
async function oldDatabase(papers: number) {
  await sql`drop schema public cascade`.execute(empty.database.db)
  await sql`create schema public`.execute(empty.database.db)
  const { db } = empty.database
  const before = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  expect((await before.migrateTo('0010_leases')).error).toBeUndefined()
  await sql`insert into paper (title, title_key, abstract, published_at, provenance, ingested_at, updated_at)
    select 'Paper ' || n, 'paper ' || n, 'Fine-tuning Qwen2.5-7B with Pearson/Spearman, a diffusion model.', now(), '{}', now(), now()
    from generate_series(1, ${papers}::integer) n`.execute(db)
  return db
}

const amount = (db: Db, text: string) => countMatches(db, canonicalFilter({ text }), 10_000)

test('papers of an older version are found by their words at once, and by all spellings when they are made anew', async () => {
  const db = await oldDatabase(450)
  await migrateToLatest(db)
  expect(await amount(db, 'diffusion model')).toBe(450)
  expect(await amount(db, 'Spearman')).toBe(0)
  await plant(db, [{ title: 'A new one', abstract: 'On Spearman.' }])
  expect(await amount(db, 'Spearman')).toBe(1)

  const controller = new AbortController()
  const first = await rebuildTerms(db, { signal: controller.signal, onProgress: () => controller.abort() })
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThan(451)
  expect(await amount(db, 'Spearman')).toBe(first + 1)
  expect(await amount(db, 'diffusion model')).toBe(450)

  // Two servers share the rest.
  const rest = await Promise.all([rebuildTerms(db), rebuildTerms(db, { rests: true })])
  expect(first + rest[0] + rest[1]).toBe(451)
  for (const text of ['Spearman', 'qwen 2.5', 'finetuning', 'diffusion model'])
    expect(await amount(db, text)).toBe(text === 'Spearman' ? 451 : 450)
  expect(await rebuildTerms(db)).toBe(0)
})

test('while terms are made anew, and while the migration runs, reads go on', async () => {
  await using copy = await createTestDatabase()
  const { db } = copy.database
  await plant(db, [{ title: 'Diffusion' }])
  await db.updateTable('search_build').set({ version: 0 }).execute()
  const other = openDatabase({ connectionString: copy.url, max: 1 })
  // Somebody holds the lock of the writers: the rebuild waits for it, and reads do not.
  const held = Promise.withResolvers<void>()
  const freed = Promise.withResolvers<void>()
  const holder = other.db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('daily_papers.writer'))`.execute(trx)
    held.resolve()
    await freed.promise
  })
  await awaiting(() => 'the lock to be held', held.promise)
  const rebuilt = rebuildTerms(db)
  expect(await amount(db, 'diffusion')).toBe(1)
  freed.resolve()
  await holder
  expect(await rebuilt).toBe(1)
  await other.close()
})

test('terms of a newer version are left alone', async () => {
  await using copy = await createTestDatabase()
  const { db } = copy.database
  await plant(db, [{ title: 'Diffusion' }])
  await db.updateTable('search_build').set({ version: 1_000_000, built_to: 0 }).execute()
  expect(await rebuildTerms(db)).toBe(0)
})
