import { expect, test } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import { plantSeeds } from '../../seeds/plant.ts'
import { createTestDatabase } from '../support/database.ts'
import { aRecord } from '../support/records.ts'

test('an empty database gets the 24 papers of the capture, on the edition of 5 January', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  expect(await plantSeeds(db)).toBe(24)
  const papers = await db
    .selectFrom('paper')
    .select(['title', 'author_count', 'comment_count', 'listed_on'])
    .execute()
  expect(papers).toHaveLength(24)
  expect(new Set(papers.flatMap((paper) => paper.listed_on))).toEqual(new Set(['2026-01-05']))
  expect(papers).toContainEqual({
    title: 'Reinforcement Learning Finetunes Small Subnetworks in Large Language Models',
    author_count: 4,
    comment_count: 2,
    listed_on: ['2026-01-05'],
  })
})

test('planting again changes nothing', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await plantSeeds(db)
  const before = await db.selectFrom('feed').selectAll().executeTakeFirstOrThrow()
  expect(await plantSeeds(db)).toBe(0)
  expect(await db.selectFrom('feed').selectAll().executeTakeFirstOrThrow()).toEqual(before)
})

test('instances that start together plant each paper once', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  const planted = await Promise.all([plantSeeds(db), plantSeeds(db), plantSeeds(db)])
  expect(planted.reduce((sum, count) => sum + count)).toBe(24)
  const { count } = await db
    .selectFrom('feed_event')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('kind', '=', 'ingested')
    .executeTakeFirstOrThrow()
  expect(count).toBe(24)
})

test('a database with papers of its own is left alone', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await recordPapers(db, { source: 'huggingface', records: [aRecord()] })
  expect(await plantSeeds(db)).toBe(0)
})
