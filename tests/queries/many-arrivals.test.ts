import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { arrivalsAtOnce } from '../../db/arrivals.ts'
import type { Db } from '../../db/database.ts'
import type { PageRequest } from '../../db/lists/page.ts'
import { pageOfPapers } from '../../db/paper-pages.ts'
import type { CanonicalFilter } from '../../db/search/filter.ts'
import { createTestDatabase } from '../support/database.ts'

/** More than are put in order at once. */
const papers = arrivalsAtOnce + 50

/** A store of that many papers, one published each second, that arrived in an order: in the events from 1 on. */
async function storeArrived(order: 'published_at asc' | 'published_at desc'): Promise<Db> {
  const { database, close } = await createTestDatabase()
  onTestFinished(close)
  const { db } = database
  await sql`
    insert into paper (title, title_key, published_at, provenance, ingested_at, updated_at)
    select 'Paper ' || n, 'paper ' || n, now() + n * interval '1 second', '{}', now(), now()
    from generate_series(1, ${papers}::integer) n`.execute(db)
  await sql`
    select feed_append(jsonb_agg(jsonb_build_object('kind', 'ingested', 'paper_id', id, 'source', 'client',
      'data', '{"paper": {}}'::jsonb) order by ${sql.raw(order)})) from paper`.execute(db)
  return db
}

/** The numbers under which the papers of a page arrived. */
async function arrivals(
  db: Db,
  filter: CanonicalFilter,
  page: Partial<PageRequest> = {},
  since?: number,
): Promise<number[]> {
  const request = { limit: 3, backwards: false, ...page }
  const { rows } = await pageOfPapers(db, { filter, order: 'ARRIVAL', since }, request, undefined)
  return rows.map(({ keys }) => Number(keys[0]))
}

const filters: CanonicalFilter[] = [{}, { withdrawn: false }, { publishedFrom: '2020-01-01', hasCode: false }]

test('A list of more papers than are put in order at once goes on to its end', async () => {
  const db = await storeArrived('published_at asc')
  for (const filter of filters) {
    expect(await arrivals(db, filter)).toEqual([papers, papers - 1, papers - 2])
    expect(await arrivals(db, filter, { after: [20] })).toEqual([19, 18, 17])
    expect(await arrivals(db, filter, { backwards: true })).toEqual([3, 2, 1])
    expect(await arrivals(db, filter, { backwards: true, before: [20] })).toEqual([23, 22, 21])
    expect(await arrivals(db, filter, { after: [12] }, 9)).toEqual([11, 10])
    expect(await arrivals(db, filter, { backwards: true }, 9)).toEqual([12, 11, 10])
  }
  const query = { filter: {}, order: 'ARRIVAL', since: 9 } as const
  const { count } = await pageOfPapers(db, query, { limit: 3, backwards: false }, undefined)
  expect(await count(20_000)).toBe(papers - 9)
})

test('It has what was published long before the others and arrived last, however many votes came since', async () => {
  const db = await storeArrived('published_at desc')
  await sql`
    select feed_append((select jsonb_agg(jsonb_build_object('kind', 'updated', 'paper_id',
      (select min(id) from paper), 'source', 'client',
      'data', '{"changed": {"upvotes": {"before": 1, "after": 2}}}'::jsonb))
    from generate_series(1, ${papers}::integer)))`.execute(db)
  for (const filter of filters) {
    expect(await arrivals(db, filter)).toEqual([papers, papers - 1, papers - 2])
    expect(await arrivals(db, filter, { after: [papers - 2] })).toEqual([papers - 3, papers - 4, papers - 5])
  }

  // Of the first half nothing is known any more but the papers.
  const pruned = Math.floor(papers / 2)
  await db.updateTable('feed').set({ pruned }).execute()
  await db.deleteFrom('feed_event').where('number', '<=', pruned).execute()
  for (const filter of filters) {
    const [kept, first = 0, second = 0] = await arrivals(db, filter, { after: [pruned + 2] })
    expect(kept).toBe(pruned + 1)
    expect(0 > first && first > second).toBe(true)
    const before = await arrivals(db, filter, { backwards: true, before: [second] })
    expect(before).toEqual([pruned + 2, pruned + 1, first])
    const [third = 0] = await arrivals(db, filter, { after: [second] })
    expect(second).toBeGreaterThan(third)
    expect((await arrivals(db, filter, { backwards: true })).every((number) => number < third)).toBe(true)
  }
})

test('A list by a text with more matches than are put in order at once goes on to its end', async () => {
  const db = await storeArrived('published_at desc')
  // All but a few have the word, and these stand among the last to arrive.
  const without = [3, 4, papers - 1]
  await sql`
    update paper set search = case when arrival.number = any(${without}::bigint[]) then 'other' else 'seashel' end::tsvector
    from (select paper_id, number from feed_event) arrival where arrival.paper_id = paper.id`.execute(db)
  const matching = Array.from({ length: papers }, (_, index) => papers - index).filter(
    (number) => !without.includes(number),
  )
  for (const filter of [
    { text: 'seashell' },
    { text: 'seashell', withdrawn: false },
    { text: 'seashell -other' },
  ]) {
    expect(await arrivals(db, filter)).toEqual(matching.slice(0, 3))
    expect(await arrivals(db, filter, { after: [papers] })).toEqual([papers - 2, papers - 3, papers - 4])
    expect(await arrivals(db, filter, { after: [6] })).toEqual([5, 2, 1])
    expect(await arrivals(db, filter, { backwards: true })).toEqual([5, 2, 1])
    expect(await arrivals(db, filter, { after: [12] }, 9)).toEqual([11, 10])
  }
  // All of them, page by page.
  const seen: number[] = []
  for (let page = await arrivals(db, { text: 'seashell' }, { limit: 1_000 }); page.length > 0; ) {
    seen.push(...page)
    page = await arrivals(db, { text: 'seashell' }, { limit: 1_000, after: [seen.at(-1) ?? 0] })
  }
  expect(seen).toEqual(matching)
})
