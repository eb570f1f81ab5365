import { beforeAll, expect, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../../db/database.ts'
import { facetsOf } from '../../db/search/facet-counts.ts'
import { canonicalFilter } from '../../db/search/filter.ts'
import { countMatches } from '../../db/search/matches.ts'
import { searchPapers } from '../../db/search/search.ts'
import { useTestDatabase } from '../support/database.ts'
import { plant } from '../support/papers.ts'

const store = useTestDatabase()
beforeAll(() =>
  plant(store.database.db, [
    { title: 'Diffusion Language Models', abstract: 'We train diffusion models for language.' },
    { title: 'Another Transformer', abstract: 'A language model of world models.' },
  ]),
)

const plansOn = async ({ pool }: DatabaseHandle) =>
  (
    await pool.query<{ statement: string; generic: number }>(
      'select statement, generic_plans::integer as generic from pg_prepared_statements',
    )
  ).rows

test.each([
  'diffusion',
  'diffusion language models',
  'language model training data for diffusion',
  '"language model" diffusion',
  'diffusion -transformer',
  'diffusion or transformer',
])('a connection plans a search such as %s a few times, and not each time', async (text) => {
  await using handle = openDatabase({ connectionString: store.url, max: 1 })
  const filter = canonicalFilter({ text })
  for (let time = 0; time < 10; time++) {
    await searchPapers(
      handle.db,
      { typed: filter, words: filter },
      { limit: 5, backwards: false },
      new Set(['title']),
    )
    await countMatches(handle.db, filter, 100)
    await facetsOf(handle.db, { filter }, 'keywords', 5)
  }
  const plans = await plansOn(handle)
  expect(plans.length).toBeGreaterThanOrEqual(3)
  expect(plans.filter(({ generic }) => generic === 0)).toEqual([])
})
