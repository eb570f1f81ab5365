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
  title: [1, 1, 1, 1],
  pasted: [1, 1, 1, 1],
  id: [1, 1, 1, 1],
  author: [1, 1, 1, 1, 0.981],
  acronym: [1, 1, 1, 0.997, 0.999],
  meaning: [1, 1, 1, 1, 0.887],
  version: [1, 1, 1, 1, 0.975],
  near: [0.947, 0.974, 0.941, 1, 0.49],
  spelling: [1, 1, 1, 1, 0.89],
  sign: [1, 1, 1, 0.985, 0.98],
  operator: [1, 1, 0.991, 1, 0.951],
  topic: [1, 1, 0.878, 0.896],
  typo: [0.813, 0.833, 0.823, 0.84, 0.867],
  all: [0.983, 0.987, 0.974, 0.981, 0.891],
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
