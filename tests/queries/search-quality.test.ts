import { ClientError } from 'graphql-request'
import { beforeAll, expect, test } from 'vitest'
import { findFiles, readFiles } from '../../src/ingest/files.ts'
import { ingest } from '../../src/ingest/run.ts'
import { query, useTestApp } from '../support/app.ts'
import { idsFound, type SearchAnswer, searchDocument } from '../support/judged-answers.ts'
import { judgedPapers, judgedSearches, measureSearch } from '../support/judged-search.ts'

/**
 * The level that each group of judged searches has reached: success at 1, MRR, nDCG at 10, recall, precision. Raise a
 * figure when `npm run bench -- search` prints a better one; never lower one without saying in the commit why.
 */
const reached: Record<string, readonly number[]> = {
  title: [0.806, 0.86, 0.879, 0.935],
  pasted: [0.545, 0.545, 0.545, 0.545],
  id: [0.4, 0.4, 0.4, 0.4],
  author: [0.667, 0.667, 0.63, 0.625, 0.829],
  acronym: [1.0, 1.0, 0.885, 0.648, 1.0],
  meaning: [0.905, 0.938, 0.937, 0.742, 0.884],
  version: [0.75, 0.75, 0.457, 0.347, 0.857],
  spelling: [0.813, 0.864, 0.862, 0.801, 0.738],
  sign: [0.571, 0.577, 0.515, 0.54, 0.875],
  operator: [0.6, 0.6, 0.591, 0.6, 0.826],
  topic: [0.944, 0.972, 0.869, 0.88],
  typo: [0.75, 0.802, 0.803, 0.818, 0.862],
  all: [0.761, 0.782, 0.725, 0.68, 0.863],
}

const app = useTestApp()
const searches = judgedSearches()
const measured = new Map<string, number[]>()

beforeAll(async () => {
  const { files } = await findFiles([judgedPapers])
  const onFault = ({ message }: { message: string }) => expect.fail(message)
  for await (const { source, readings } of readFiles(files, { onFault }))
    await ingest(app.db, source, readings)
  const ask = (variables: { text: string; after: string | null }) =>
    query<SearchAnswer>(app, searchDocument, variables).catch((error: unknown) => {
      const [refusal] = error instanceof ClientError ? (error.response.errors ?? []) : []
      if (refusal?.extensions.code === 'BAD_USER_INPUT') return null
      throw error
    })
  const quality = await measureSearch(searches, (text) => idsFound(text, ask))
  for (const [group, { successAt1, mrr, ndcgAt10, recall, precision }] of quality)
    measured.set(group, [successAt1, mrr, ndcgAt10, recall, precision])
}, 300_000)

test.each(Object.entries(reached))('searches of the group "%s" find as much as they did', (group, floors) => {
  const figures = (measured.get(group) ?? []).map((figure) => Number(figure.toFixed(3)))
  const lower = floors.filter((floor, index) => !((figures[index] ?? 0) >= floor))
  expect(lower, `measured ${figures.join(', ')}`).toEqual([])
})

test('every group is held, and every search has papers that are relevant', () => {
  expect([...measured.keys()].sort()).toEqual(Object.keys(reached).sort())
  expect(searches.filter(({ relevant }) => relevant.size === 0).map(({ text }) => text)).toEqual([])
  expect(searches.length).toBeGreaterThan(200)
})
