import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { paperOrders } from '../../db/lists/orders.ts'
import { readListPage } from '../../db/lists/page.ts'
import type { PaperRecord } from '../../db/model/record.ts'
import { listOfPapers, type PaperFields } from '../../db/papers.ts'
import {
  canonicalFilter,
  filterConditions,
  isSearchable,
  matchFilters,
  type PaperFilter,
} from '../../db/search/filter.ts'
import { useTestDatabase } from '../support/database.ts'
import { arxivId, plant } from '../support/papers.ts'

const authors = ['Ada Lovelace', 'Élodie Durand', '李明', 'Alan Turing']
const organizations = ['deepseek-ai', '香港科技大学']
const keywords = ['Chain-of-Thought', 'Sparsity', 'KV cache']
const categories = ['cs.LG', 'cs.CL', 'stat.ML']
const submitters = ['akhaliq', 'taesiri']
const days = ['2026-06-01', '2026-06-02', '2026-06-03', '2026-06-04']
const words = ['sparse', 'attention', 'café', 'diffusion', 'routing']

/** Paper `number`: what it has follows from the digits of the number in several bases. */
function paper(number: number): Partial<PaperRecord> {
  const pick = <Item>(items: readonly Item[], step: number) =>
    items.filter((_, index) => Math.floor(number / step + index) % (index + 2) === 0)
  return {
    arxivId: arxivId(number),
    title: `On ${pick(words, 1).join(' ')} number ${number}`,
    abstract: `We study ${pick(words, 3).join(' and ')}.`,
    publishedAt: `${days[number % 4]}T0${number % 10}:00:00.000Z`,
    authors: pick(authors, 2).map((name) => ({ name })),
    keywords: pick(keywords, 5),
    upvotes: number % 13,
    ...(number % 3 ? { categories: pick(categories, 2) } : {}),
    ...(number % 4 === 1 ? { organization: { name: organizations[number % 2] ?? '' } } : {}),
    ...(number % 5 === 2 ? { githubRepo: 'https://github.com/a/b' } : {}),
    ...(number % 7 === 3 ? { projectPage: 'https://x.test' } : {}),
    ...(number % 6 === 4 ? { mediaUrls: ['https://x.test/a.png'] } : {}),
    ...(number % 11 === 5 ? { withdrawnAt: '2026-06-10T00:00:00.000Z' } : {}),
  }
}

const database = useTestDatabase()
let papers: PaperFields[]
beforeAll(async () => {
  const { db } = database.database
  const numbers = Array.from({ length: 80 }, (_, index) => index + 1)
  await plant(db, numbers.map(paper))
  for (const [step, submitter] of [
    [2, 'akhaliq'],
    [3, 'taesiri'],
  ] as const)
    await plant(
      db,
      numbers
        .filter((number) => number % step === 0)
        .map((number) => ({
          ...paper(number),
          listing: { date: days[(number + step) % 4] ?? '', submitter: { name: submitter } },
        })),
    )
  papers = await matching({})
})

async function matching(filter: PaperFilter): Promise<PaperFields[]> {
  const list = listOfPapers(filterConditions(canonicalFilter(filter)), paperOrders.NEWEST)
  const page = await readListPage<PaperFields>(database.database.db, list, { limit: 100, backwards: false })
  return page.rows.map(({ row }) => row)
}

const ids = (found: readonly PaperFields[]) => found.map(({ id }) => id).sort((a, b) => a - b)

/** The filter's meaning once more, without a database and without its text. */
function wanted(filter: PaperFilter, row: PaperFields): boolean {
  const any = (given: readonly string[] | null | undefined, has: readonly (string | null)[]) =>
    !given?.length || given.some((name) => has.includes(name))
  const is = (given: boolean | null | undefined, has: boolean) => given == null || given === has
  const listed = row.listed_on.some(
    (day) => day >= (filter.editionFrom ?? '') && day <= (filter.editionTo ?? '9999'),
  )
  return (
    any(filter.authors, row.author_names) &&
    any(filter.organizations, [row.organization_name]) &&
    any(
      filter.keywords?.map((keyword) => keyword.toLowerCase()),
      row.keyword_keys,
    ) &&
    any(filter.submitters, row.submitter_names) &&
    any(filter.categories, row.categories) &&
    row.published_on >= (filter.publishedFrom ?? '') &&
    row.published_on <= (filter.publishedTo ?? '9999') &&
    ((filter.editionFrom == null && filter.editionTo == null) || listed) &&
    row.upvotes >= (filter.minUpvotes ?? 0) &&
    is(filter.hasCode, row.github_repo !== null) &&
    is(filter.hasProjectPage, row.project_page !== null) &&
    is(filter.hasMedia, row.media_urls.length > 0) &&
    is(filter.withdrawn, row.withdrawn_at !== null)
  )
}

const some = (items: readonly string[]) =>
  fc.option(fc.subarray([...items], { minLength: 0, maxLength: 2 }), { freq: 2 })
const flag = fc.option(fc.boolean(), { freq: 2 })
const day = fc.option(fc.constantFrom(...days, '2025-01-01', '2027-01-01'), { freq: 2 })
const anyFilter: fc.Arbitrary<PaperFilter> = fc.record({
  authors: some([...authors, 'Nobody']),
  organizations: some(organizations),
  keywords: some(keywords),
  submitters: some(submitters),
  categories: some(categories),
  publishedFrom: day,
  publishedTo: day,
  editionFrom: day,
  editionTo: day,
  minUpvotes: fc.option(fc.integer({ min: 0, max: 14 }), { freq: 2 }),
  hasCode: flag,
  hasProjectPage: flag,
  hasMedia: flag,
  withdrawn: flag,
})
const anyText = fc.option(
  fc.constantFrom(
    'sparse',
    'sparse -attention',
    '"we study"',
    'cafe or routing',
    'durand',
    '-sparse',
    arxivId(7),
  ),
)

describe('one filter, three ways', () => {
  test('a statement of one filter gives the papers that its words mean', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter, async (filter) => {
        expect(ids(await matching(filter))).toEqual(ids(papers.filter((row) => wanted(filter, row))))
      }),
      { numRuns: 150 },
    )
  })

  test('a statement of many filters gives each the papers that it gets alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(anyFilter, anyText, fc.boolean()).map(([filter, text, alone]) => ({
            ...(alone ? {} : filter),
            text,
          })),
          { minLength: 1, maxLength: 20 },
        ),
        async (filters) => {
          const pairs = await matchFilters(
            database.database.db,
            papers.map(({ id }) => id),
            filters.map((filter) => canonicalFilter(filter)),
          )
          for (const [filterIndex, filter] of filters.entries()) {
            const got = pairs.filter((pair) => pair.filterIndex === filterIndex).map(({ paperId }) => paperId)
            expect(got, JSON.stringify(filter)).toEqual(ids(await matching(filter)))
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('text', () => {
  const titles = async (text: string) => (await matching({ text })).map(({ arxiv_id }) => arxiv_id)

  test('finds endings and accents alike, quotes, minus, or', async () => {
    const sparse = await titles('sparse')
    expect(sparse.length).toBeGreaterThan(10)
    expect(await titles('SPARSELY')).toEqual(sparse)
    expect(await titles('café')).toEqual(await titles('cafe'))
    expect(await titles('sparse -attention')).toEqual(
      sparse.filter(
        (id) =>
          !papers.some((row) => row.arxiv_id === id && /attention/.test(`${row.title} ${row.abstract}`)),
      ),
    )
    expect(new Set(await titles('sparse or routing'))).toEqual(
      new Set([...sparse, ...(await titles('routing'))]),
    )
    expect((await titles('"number 17"')).length).toBe(1)
  })

  test('takes quotes and minus signs as phones set them, and overlooks marks that nobody sees', async () => {
    expect(await titles('“number 17”')).toEqual([arxivId(17)])
    expect(await titles('«number 17»')).toEqual([arxivId(17)])
    for (const minus of ['–', '—', '−'])
      expect(await titles(`sparse ${minus}attention`)).toEqual(await titles('sparse -attention'))
    expect(await titles('\u{feff}sparse\u{200b}')).toEqual(await titles('sparse'))
    expect(await titles(`\u{200e}${arxivId(7)}`)).toEqual([arxivId(7)])
  })

  test.each([arxivId(7), `arXiv:${arxivId(7)}v2`, `https://huggingface.co/papers/${arxivId(7)}`])(
    '%s finds that paper',
    async (text) => expect(await titles(text)).toEqual([arxivId(7)]),
  )

  test.each(['"', '"sparse', 'or or', '- -', '((', "it's", ':*', '&', '<->', 'שלום עולם', '\\', '%', '🤗'])(
    '%j is no fault',
    async (text) => expect(await titles(text)).toBeInstanceOf(Array),
  )

  test.each([
    ['the of and', false],
    ['- "" or', false],
    ['a', false],
    ['x', true],
    ['-the', false],
    ['-x', true],
    ['注意力', true],
  ])('%j holds a word: %s', (text, searchable) => {
    expect(isSearchable(text)).toBe(searchable)
  })
})

test('equal filters have one form', () => {
  expect(
    canonicalFilter({
      authors: [' Ada  Lovelace', 'B', 'B'],
      text: ' a  b ',
      keywords: ['KV Cache'],
      categories: [],
      hasCode: null,
    }),
  ).toEqual({
    text: 'a b',
    authors: ['Ada Lovelace', 'B'],
    keywords: ['kv cache'],
  })
  expect(JSON.stringify(canonicalFilter({ hasCode: true, text: 'x' }))).toBe(
    JSON.stringify(canonicalFilter({ text: 'x', hasCode: true })),
  )
})
