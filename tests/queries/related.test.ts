import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { relatedByPaperIds } from '../../db/related.ts'
import { query, useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'

interface RelatedPaper {
  paper: { title: string }
  score: number
  sharedTerms: string[]
  sharedWords: boolean
  sharedKeywords: { key: string }[]
  sharedAuthors: { name: string }[]
  sameRepository: boolean
  sameOrganization: boolean
  sameEdition: boolean
}

const app = useTestApp()
const by = (...names: string[]) => names.map((name) => ({ name }))
const papers = [
  {
    title: 'SeerAttention: Learning Sparse Attention Kernels',
    abstract: 'Sparse attention gates speed up long contexts.',
    keywords: ['Block Sparsity'],
    authors: by('Ada Byron', 'Ben Cho', 'Cleo Diaz', 'Dan Ek'),
    githubRepo: 'https://github.com/lab/monorepo',
  },
  {
    title: 'SSA: Aligning Full and Sparse Attention',
    abstract: 'Attention over few tokens, with gates.',
    authors: by('Zoe Zhou'),
  },
  {
    title: 'A Benchmark for Mobile Agents that Seem Human',
    abstract: 'Agents tap on screens of phones.',
    authors: by('Ada Byron', 'Ben Cho', 'Cleo Diaz', 'Dan Ek'),
  },
  {
    title: 'Routing of Experts in Blocks',
    abstract: 'Experts are chosen.',
    keywords: ['block sparsity'],
    authors: by('Eve Fox'),
  },
  {
    title: 'Reading Dense Notation',
    abstract: 'Mathematics in print.',
    authors: by('Guy Hill'),
    githubRepo: 'https://github.com/Lab/Monorepo',
  },
  {
    title: 'Sparse Attention Withdrawn',
    abstract: 'Sparse attention kernels for long contexts.',
    authors: by('Ida Jung'),
    withdrawnAt: '2026-01-01T00:00:00.000Z',
  },
  { title: 'Soil Moisture from Satellites', abstract: 'Radar measures soil.', authors: by('Kai Lund') },
]

beforeAll(() => plant(app.db, papers))

async function relatedOf(id: string): Promise<RelatedPaper[]> {
  const { paper } = await query<{ paper: { related: RelatedPaper[] } }>(
    app,
    `query ($id: String!) { paper(arxivId: $id) { related(first: 20) {
      score sharedTerms sharedWords sameRepository sameOrganization sameEdition
      paper { title } sharedKeywords { key } sharedAuthors { name } } } }`,
    { id },
  )
  return paper.related
}

const titlesOf = (related: readonly RelatedPaper[]) => related.map(({ paper }) => paper.title)

describe('related papers of a paper with a coined name', () => {
  test('are those of its subject first, then of its code and keywords, and of its authors last', async () => {
    const related = await relatedOf(arxivId(1))
    expect(titlesOf(related)).toHaveLength(4)
    expect(new Set(titlesOf(related).slice(0, 3))).toEqual(
      new Set([
        'SSA: Aligning Full and Sparse Attention',
        'Routing of Experts in Blocks',
        'Reading Dense Notation',
      ]),
    )
    expect(titlesOf(related).at(-1)).toBe('A Benchmark for Mobile Agents that Seem Human')
    const scores = related.map(({ score }) => score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  })

  test('say what they have in common', async () => {
    const related = await relatedOf(arxivId(1))
    const reasons = Object.fromEntries(related.map(({ paper, score: _, ...rest }) => [paper.title, rest]))
    expect(reasons['SSA: Aligning Full and Sparse Attention']).toMatchObject({
      sharedTerms: expect.arrayContaining(['spars', 'attent', 'gate']),
      sharedWords: true,
      sharedKeywords: [],
      sharedAuthors: [],
      sameRepository: false,
    })
    expect(reasons['Routing of Experts in Blocks']).toMatchObject({
      sharedTerms: [],
      sharedWords: false,
      sharedKeywords: [{ key: 'block sparsity' }],
    })
    expect(reasons['Reading Dense Notation']).toMatchObject({ sharedTerms: [], sameRepository: true })
    expect(reasons['A Benchmark for Mobile Agents that Seem Human']).toMatchObject({
      sharedTerms: [],
      sharedAuthors: ['Ada Byron', 'Ben Cho', 'Cleo Diaz', 'Dan Ek'].map((name) => ({ name })),
    })
  })

  test('are neither withdrawn nor the paper itself', async () => {
    const titles = titlesOf(await relatedOf(arxivId(1)))
    expect(titles).not.toContain('Sparse Attention Withdrawn')
    expect(titles).not.toContain(papers[0]?.title)
    expect(titlesOf(await relatedOf(arxivId(6)))).toContain('SSA: Aligning Full and Sparse Attention')
  })
})

test('a paper that has nothing in common with others has no related papers', async () => {
  expect(await relatedOf(arxivId(7))).toEqual([])
})

test('authors lift a paper among those on the same subject', async () => {
  await plant(app.db, [
    { arxivId: '2607.00001', title: 'Glacier Melting Rates', abstract: 'Ice.', authors: by('Mia Noor') },
    { arxivId: '2607.00002', title: 'Glacier Melting Maps', abstract: 'Snow.', authors: by('Mia Noor') },
    { arxivId: '2607.00003', title: 'Glacier Melting Laws', abstract: 'Rain.', authors: by('Oto Pell') },
  ])
  expect(titlesOf(await relatedOf('2607.00001'))).toEqual(['Glacier Melting Maps', 'Glacier Melting Laws'])
})

test('an organization and an edition in common are said', async () => {
  const organization = { name: 'acme', fullName: 'Acme' }
  const listing = { date: '2026-07-02' }
  await plant(app.db, [
    { arxivId: '2607.00011', title: 'Volcano Lava Flows', abstract: 'Hot.', organization, listing },
    { arxivId: '2607.00012', title: 'Volcano Lava Domes', abstract: 'Old.', organization, listing },
  ])
  expect(await relatedOf('2607.00011')).toMatchObject([
    { paper: { title: 'Volcano Lava Domes' }, sameOrganization: true, sameEdition: true },
  ])
})

test('another title brings other related papers', async () => {
  const paper = { arxivId: '2607.00021', abstract: 'Short.', authors: by('Pia Quist') }
  await plant(app.db, [{ ...paper, title: 'Whale Song Recordings' }])
  await plant(app.db, [{ arxivId: '2607.00022', title: 'Bridge Inspection Drones', abstract: 'Steel.' }])
  expect(titlesOf(await relatedOf('2607.00021'))).not.toContain('Bridge Inspection Drones')
  await plant(app.db, [
    { ...paper, title: 'Bridge Inspection Recordings', observedAt: '2027-01-01T00:00:00.000Z' },
  ])
  expect(titlesOf(await relatedOf('2607.00021'))).toContain('Bridge Inspection Drones')
})

describe('a text that is hardly one', () => {
  const hostile = {
    'only signs': '+++ --- ***',
    'ten thousand letters without a space': 'a'.repeat(10_000),
    'a number of forty digits': '1234567890'.repeat(4),
    'a quote, a backslash and a percent sign': `it's a \\ "quote" of 50%`,
    Chinese: '稀疏注意力机制研究',
    Hebrew: 'תשומת לב דלילה',
    'private characters': '\ue000\ue001 model',
  }
  for (const [index, [name, title]] of Object.entries(hostile).entries()) {
    test(`${name} as a title is stored, and related papers are found by the abstract`, async () => {
      const id = `2608.0000${index}`
      await plant(app.db, [
        { arxivId: id, title, abstract: `Beehive ${'acoustics '.repeat(3)}`, authors: by(`Rae ${index}`) },
      ])
      const related = await relatedOf(id)
      if (index > 0) expect(related[0]?.sharedTerms).toEqual(expect.arrayContaining(['acoust', 'beehiv']))
    })
  }

  test('an abstract of twenty thousand words is stored', async () => {
    const abstract = Array.from({ length: 20_000 }, (_, n) => `word${n % 5000}`).join(' ')
    await plant(app.db, [{ arxivId: '2608.00020', title: 'Long Tales', abstract }])
    expect(await relatedOf('2608.00020')).toBeInstanceOf(Array)
  })
})

test('what a paper is about goes with the paper', async () => {
  await plant(app.db, [{ arxivId: '2609.00001', title: 'Ephemeral Mayflies', abstract: 'Brief.' }])
  const { id } = await app.db
    .selectFrom('paper')
    .select('id')
    .where('arxiv_id', '=', '2609.00001')
    .executeTakeFirstOrThrow()
  const terms = app.db.selectFrom('paper_term').select('term').where('paper_id', '=', id)
  expect(await terms.execute()).not.toEqual([])
  await sql`delete from feed_event where paper_id = ${id}`.execute(app.db)
  await sql`delete from paper where id = ${id}`.execute(app.db)
  expect(await terms.execute()).toEqual([])
})

test('one statement answers for many papers, each as if it were alone', async () => {
  const ids = (await app.db.selectFrom('paper').select('id').orderBy('id').execute()).map(({ id }) => id)
  const together = await relatedByPaperIds(app.db, ids, 5)
  for (const id of ids) {
    const alone = await relatedByPaperIds(app.db, [id], 5)
    expect(together.get(id)).toEqual(alone.get(id))
  }
})
