import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { readListPage } from '../../db/lists/page.ts'
import { pageOfPapers } from '../../db/paper-pages.ts'
import { canonicalFilter, filterConditions, type PaperFilter } from '../../db/search/filter.ts'
import { allMatchesIfFew, countMatches, maxRechecked, newestMatches } from '../../db/search/matches.ts'
import { searchPlan } from '../../db/search/query-text.ts'
import { listByRelevance, type RelevanceOptions } from '../../db/search/relevance.ts'
import { textQueryOf } from '../../db/search/text-query.ts'
import { createTestDatabase, useTestDatabase } from '../support/database.ts'
import { plant } from '../support/papers.ts'

const store = useTestDatabase()
beforeAll(async () => {
  // Months of this year and the last, one paper before and one after midnight UTC of a new year, and years with gaps.
  const days = [
    '2026-06-30',
    '2026-06-01',
    '2026-05-31',
    '2026-01-01',
    '2025-12-31',
    '2025-02-03',
    '2024-12-31',
  ]
  const instants = [...days, '2024-01-01', '2021-07-08', '2021-07-07', '1999-03-04'].flatMap((day) => [
    `${day}T00:00:00.000Z`,
    `${day}T23:59:59.999Z`,
  ])
  await plant(
    store.database.db,
    instants.map((publishedAt, index) => ({
      publishedAt,
      abstract: `Sparse models. ${index % 3 === 0 ? 'We prune and study the routing of experts.' : ''}`,
      authors: [{ name: index % 2 === 0 ? 'Ada Lovelace' : 'Alan Turing' }],
      keywords: index % 4 === 0 ? ['Pruning'] : [],
      upvotes: index,
      categories: ['cs.LG'],
      ...(index % 2 === 1 && { githubRepo: 'https://github.com/a/b' }),
      ...(index % 5 === 0 && { projectPage: 'https://a.test' }),
      ...(index % 3 === 1 && { mediaUrls: ['https://a.test/video.mp4'] }),
      ...(index % 4 === 1 && { organization: { name: 'acme' } }),
      ...(index === 5 && { withdrawnAt: '2026-06-20T00:00:00.000Z' }),
      ...(index % 7 > 0 && { listing: { date: publishedAt.slice(0, 10) } }),
    })),
  )
})

const filters: Record<string, PaperFilter> = {
  'a word': { text: 'models' },
  'two words': { text: 'sparse routing' },
  'a phrase': { text: '"sparse models"' },
  'a refusal alone': { text: '-routing' },
  'a refusal of a phrase alone': { text: '-"of experts"' },
  'refusals alone': { text: '-routing -quantization' },
  'a refusal or another': { text: '-routing or -sparse' },
  'a refusal of all': { text: '-models' },
  'a refusal of years': { text: '-routing', publishedTo: '2021-07-08' },
  'a refusal or a word': { text: '-sparse or routing' },
  'a phrase without a word': { text: '"sparse models" -routing' },
  'a phrase of an author': { text: 'author:"Ada Lovelace" models' },
  'many words': { text: 'we prune sparse models and study routing of experts' },
  'more words than the index is asked for': { text: 'prune sparse models study routing experts '.repeat(2) },
  'more words, of which one is nowhere': {
    text: `${'prune sparse models study routing experts '.repeat(2)} quantization`,
  },
  'words that are typed again': { text: 'models routing models models routing models' },
  'many words and refusals': {
    text: 'prune sparse models study experts -quantization -vision -author:"Alan Turing"',
  },
  'many words and plain refusals': {
    text: 'prune sparse models study experts -quantization -vision -audio -ada',
  },
  'some refusals': { text: 'models -routing -quantization -vision -audio' },
  'more refusals than the index is asked for': {
    text: 'models -routing -quantization -vision -audio -text -code -law -art -war',
  },
  'refusals of what is nowhere': { text: 'sparse -quantization -vision -audio' },
  'more words with or': { text: 'sparse models study routing experts or quantization or pruned' },
  'phrases and words': { text: '"sparse models" prune routing study "of experts"' },
  'a word that is nowhere': { text: 'quantization' },
  'stop words alone': { text: 'the of' },
  'a word and an author': { text: 'models', authors: ['Ada Lovelace'] },
  'a word and a keyword': { text: 'models', keywords: ['pruning'] },
  'a word and upvotes': { text: 'models', minUpvotes: 7 },
  'a word and days': { text: 'models', publishedFrom: '2021-07-08', publishedTo: '2025-12-31' },
  'a word and editions': { text: 'models', editionFrom: '2024-02-10', editionTo: '2026-01-05' },
  'a word and the editions until a day': { text: 'models', editionTo: '2021-07-08' },
  'a word and a week of editions': { text: 'models', editionFrom: '2025-12-31', editionTo: '2026-01-06' },
  'a word and no day of an edition': { text: 'models', editionFrom: '2027-01-01' },
  'a word and an organization': { text: 'models', organizations: ['acme', 'nobody'] },
  'a word, withdrawn or not': { text: 'models', withdrawn: false },
  'a word that is withdrawn': { text: 'models', withdrawn: true },
  'votes that are a facet': { minUpvotes: 10 },
  'votes between two facets': { minUpvotes: 12, publishedTo: '2024-12-31' },
  'no votes at least': { minUpvotes: 0, hasCode: true },
  'code and no media': { hasCode: true, hasMedia: false },
  'a project page, of a keyword': { hasProjectPage: true, keywords: ['pruning'] },
  'no project page, by an organization': { hasProjectPage: false, organizations: ['acme'] },
  'a category and editions of years': {
    categories: ['cs.LG'],
    editionFrom: '2000-06-01',
    editionTo: '2025-12-31',
  },
  'days alone': { publishedFrom: '2024-01-01' },
  'an arXiv id': { text: 'arXiv:2606.00005v2' },
}

test.each(Object.entries(filters))(
  'the newest matches of %s, however many are wanted',
  async (_name, given) => {
    const { db } = store.database
    const filter = canonicalFilter(given)
    const { rows: all } = await sql<{ id: number }>`
    select p.id from paper p where ${sql.join(filterConditions(filter), sql` and `)}
    order by p.published_at desc, p.id desc`.execute(db)
    for (const most of [1, 2, 3, 7, 100]) {
      for (const isSmall of [false, true]) {
        const { rows } = await sql<{ id: number }>`${newestMatches(filter, most, { isSmall })}`.execute(db)
        const ids = rows.map(({ id }) => id)
        expect(ids.sort()).toEqual(
          all
            .slice(0, most)
            .map(({ id }) => id)
            .sort(),
        )
      }
      expect(await countMatches(db, filter, most)).toBe(Math.min(most, all.length))
    }
  },
)

test.each(Object.entries(filters).filter(([, { text }]) => text !== undefined))(
  'a small library and a large one are searched alike for %s',
  async (_name, given) => {
    const { db } = store.database
    const found = async (options: RelevanceOptions) => {
      const list = listByRelevance(canonicalFilter(given), new Set(['arxiv_id']), options)
      const { rows, more } = await readListPage(db, list, { limit: 5, backwards: false })
      return { rows, more }
    }
    for (const options of [{}, { firstRows: 6 }, { firstRows: 6, withIds: true }])
      expect(await found({ ...options, isSmall: true })).toEqual(await found(options))
  },
)

test('few matches are named whole, of whatever text', async () => {
  const { db } = store.database
  const named = async (text: string) => (await allMatchesIfFew(db, canonicalFilter({ text })))?.length
  const words = 'we prune sparse models and study routing of experts '
  expect(await named('sparse routing')).toBe(8)
  expect(await named(words)).toBe(8)
  expect(await named(words.repeat(3))).toBe(8)
  expect(await named(`${words}quantization`)).toBe(0)
  expect(await named('quantization')).toBe(0)
  expect(await named('"sparse models" -routing')).toBe(14)
  expect(await named('"models sparse"')).toBe(0)
  expect(await named('"routing of experts" or quantization')).toBe(8)
  expect(await named('the of')).toBe(0)
  expect(await allMatchesIfFew(db, canonicalFilter({ keywords: ['pruning'] }))).toBeUndefined()
})

test('more than can be named are not', async () => {
  await using large = await createTestDatabase()
  const { db } = large.database
  await plant(
    db,
    Array.from({ length: maxRechecked + 1 }, () => ({ abstract: 'Sparse models.' })),
  )
  const named = async (text: string) => (await allMatchesIfFew(db, canonicalFilter({ text })))?.length
  expect(await named('sparse models')).toBe(maxRechecked + 1)
  expect(await named('"sparse models"')).toBeUndefined()
  expect(await named('-dense')).toBeUndefined()
  expect(await named('"sparse models" quantization')).toBe(0)
})

test('a list of common words that hardly ever stand together is no walk through all papers', async () => {
  await using large = await createTestDatabase()
  const { db } = large.database
  const newest = Date.parse('2026-06-30T00:00:00Z')
  // More than the walk may pass by, of which two out of three are compared with the text.
  await plant(
    db,
    Array.from({ length: 3 * maxRechecked }, (_, index) => ({
      abstract:
        index % 3 === 0
          ? `Models that are sparse. ${index % 300 === 0 ? 'Rare words.' : ''}`
          : index % 3 === 1
            ? 'Sparse models. Words are rare.'
            : 'Dense layers.',
      publishedAt: new Date(newest - index * 3_600_000).toISOString(),
    })),
  )
  const named = async (text: string) => (await allMatchesIfFew(db, canonicalFilter({ text })))?.length
  expect(await named('"models sparse"')).toBe(0)
  expect(await named('"rare words"')).toBe(30)
  expect(await named('"dense models" or "models sparse"')).toBe(0)
  // Often enough that a page is soon full.
  expect(await named('"sparse models"')).toBeUndefined()
  const filter = canonicalFilter({ text: '"models sparse"' })
  const page = await pageOfPapers(
    db,
    { filter, order: 'UPVOTES' },
    { limit: 20, backwards: false },
    undefined,
  )
  expect(page.rows).toEqual([])
  expect(await page.count(10)).toBe(0)
})

test('the index is asked for the rarest words first, and of many for no others', async () => {
  await using counted = await createTestDatabase()
  const { db } = counted.database
  const everywhere = 'representation generation evaluation optimization'
  await plant(
    db,
    Array.from({ length: 40 }, (_, index) => ({
      abstract: `${everywhere} ${index === 7 ? 'gru' : 'transformer'}`,
    })),
  )
  await sql`analyze paper`.execute(db)
  const asked = async (maxWords: number) => {
    const budget = { maxMatches: 10, maxWords, maxRechecked: 10 }
    const { rows } = await sql<{ part: string }>`
      with ${searchPlan(textQueryOf(`${everywhere} gru`), budget).table}
      select unnest(parts)::text as part from search_plan`.execute(db)
    return rows.map(({ part }) => part)
  }
  const few = await asked(2)
  expect(few).toHaveLength(2)
  expect(few[0]).toContain("'gru'")
  const all = await asked(8)
  expect(all[0]).toBe(few[0])
  for (const word of ['represent', 'generat', 'evalu', 'optim']) expect(all.join()).toContain(`'${word}'`)
  expect(await countMatches(db, canonicalFilter({ text: `${everywhere} gru` }), 10)).toBe(1)
})

test('an empty database has no matches', async () => {
  await using empty = await createTestDatabase()
  expect(await countMatches(empty.database.db, canonicalFilter({ text: 'models' }), 10)).toBe(0)
})
