import { expect, test } from 'vitest'
import { progressOf } from '../../db/editions.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { plantSeeds } from '../../seeds/plant.ts'
import { createTestDatabase } from '../support/database.ts'
import { aRecord } from '../support/records.ts'

test('an empty database gets the papers of two editions: as a page shows them, and as the API gives them', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  expect(await plantSeeds(db)).toBe(43)
  const papers = await db
    .selectFrom('paper')
    .select(['title', 'author_count', 'comment_count', 'listed_on'])
    .execute()
  const days = papers.flatMap((paper) => paper.listed_on)
  expect(days.filter((day) => day === '2026-01-05')).toHaveLength(24)
  expect(days.filter((day) => day === '2026-07-10')).toHaveLength(19)
  expect(await progressOf(db, ['2026-07-10'])).toMatchObject([{ seen: 19, expected: 19 }])
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
  expect(planted.reduce((sum, count) => sum + count)).toBe(43)
  const { count } = await db
    .selectFrom('feed_event')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('kind', '=', 'ingested')
    .executeTakeFirstOrThrow()
  expect(count).toBe(43)
})

test('a database with papers of its own is left alone', async () => {
  await using database = await createTestDatabase()
  const { db } = database.database
  await recordPapers(db, { source: 'huggingface', records: [aRecord()] })
  expect(await plantSeeds(db)).toBe(0)
})
