import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { voteFacets } from '../../db/search/facets.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let copy: TestDatabase
beforeAll(async () => {
  copy = await createTestDatabase()
})
afterAll(() => copy.drop())

/** The numbers of upvotes that the database's `paper_facets` gives a paper with that many. */
async function voteFacetsOf(upvotes: number): Promise<number[]> {
  const { rows } = await sql<{ facets: string[] }>`
    select paper_facets('2026-06-16', ${upvotes}::integer, null, null, '{}', null) as facets
  `.execute(copy.database.db)
  return (rows[0]?.facets ?? []).flatMap((facet) => /^(\d+) upvotes$/.exec(facet)?.[1] ?? []).map(Number)
}

test('a filter by upvotes asks for the very facets that the database gives to papers', async () => {
  expect(await voteFacetsOf(2_147_483_647)).toEqual(voteFacets)
})

test('a paper has a facet from its number of upvotes on', async () => {
  for (const [index, least] of voteFacets.entries()) {
    expect(await voteFacetsOf(least - 1)).toEqual(voteFacets.slice(0, index))
    expect(await voteFacetsOf(least)).toEqual(voteFacets.slice(0, index + 1))
  }
})
