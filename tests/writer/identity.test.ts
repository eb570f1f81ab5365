import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { useTestDatabase } from '../support/database.ts'
import { aRecord, emptyStore } from '../support/records.ts'

const copy = useTestDatabase()
let db: Db
beforeAll(() => {
  db = copy.database.db
})
beforeEach(() => emptyStore(db))

const evening = '2026-06-16T20:00:00.000Z'

test('a paper known by its title alone takes the arXiv id that arrives later and keeps its key', async () => {
  const {
    arxivId: _,
    authors: __,
    upvotes: ___,
    ...fromPage
  } = aRecord({ title: 'SSA: Sparse Sparse Attention' })
  await recordPapers(db, {
    source: 'page',
    records: [{ ...fromPage, authorCount: 7, publishedAt: '2026-06-14T00:00:00.000Z' }],
  })
  const { id } = await thePaper()
  const later = aRecord({ title: 'SSA: sparse sparse\u00a0attention', observedAt: evening })
  await recordPapers(db, { source: 'huggingface', records: [later] })
  expect(await thePaper()).toMatchObject({ id, arxiv_id: '2606.00001', author_count: 2, upvotes: 3 })
  const [, joined] = await log()
  expect(joined).toMatchObject({
    kind: 'updated',
    data: { changed: { arxiv_id: { before: null, after: '2606.00001' } } },
  })
})

test('the same paper from a page after the API is the same row; a namesake of another year is not', async () => {
  await recordPapers(db, { source: 'huggingface', records: [aRecord()] })
  const { arxivId: _, ...fromPage } = aRecord({ authors: [], authorCount: 2 })
  expect(await recordPapers(db, { source: 'page', records: [fromPage] })).toMatchObject({
    papers: { new: 0 },
  })
  const namesake = { ...fromPage, publishedAt: '2021-06-15T00:00:00.000Z' }
  expect(await recordPapers(db, { source: 'page', records: [namesake] })).toMatchObject({
    papers: { new: 1 },
  })
})

const thePaper = () => db.selectFrom('paper').selectAll().executeTakeFirstOrThrow()
const log = () => db.selectFrom('feed_event').selectAll().orderBy('number').execute()
