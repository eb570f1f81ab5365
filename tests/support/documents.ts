import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const documentsFolder = fileURLToPath(new URL('../documents/', import.meta.url))

/** The example documents, one for each screen that a frontend has: `{ name, text }`. */
export const documents = readdirSync(documentsFolder)
  .filter((file) => file.endsWith('.graphql'))
  .sort()
  .map((file) => ({ name: file.replace('.graphql', ''), text: readFileSync(documentsFolder + file, 'utf8') }))

type Variables = Record<string, Record<string, unknown>>

/** What each document asks of the library of tests/support/library.ts. */
export const libraryVariables: Variables = {
  'account-page': { name: 'ada' },
  archive: { from: '2026-06-01', to: '2026-06-30' },
  'author-page': { name: 'Ada Lovelace' },
  'browser-extension': { address: 'https://arxiv.org/abs/2605.00002v1' },
  dashboard: { from: '2026-06-01', to: '2026-06-14' },
  edition: { date: '2026-06-08' },
  'keyword-page': { key: 'kv cache' },
  month: { month: '2026-06' },
  'most-starred': { filter: { withdrawn: false } },
  'my-alerts': { filter: { authors: ['Ada Lovelace', '李明'], publishedFrom: '2026-05-01' } },
  'organization-page': { name: 'deepseek-ai' },
  'paper-page': { arxivId: '2605.00001' },
  search: { text: 'sparse -survey', filter: null },
  'search-box': { typed: 'dec' },
  trending: { asOf: '2026-06-10T00:00:00Z' },
  week: { week: '2026-W23' },
}

/** What each asks of the real days in tests/fixtures/days. */
export const capturedVariables: Variables = {
  'account-page': { name: 'taesiri' },
  archive: { from: '2026-07-01', to: '2026-07-31' },
  'author-page': { name: 'Yang Liu' },
  'browser-extension': { address: 'https://arxiv.org/abs/2511.06090v1' },
  dashboard: { from: '2026-04-13', to: '2026-04-19' },
  edition: { date: '2026-07-16', first: 2 },
  'front-page': { first: 3 },
  'keyword-page': { key: 'Chain-of-Thought' },
  month: { month: '2026-07' },
  'most-starred': { filter: { hasCode: true, editionFrom: '2026-04-01' } },
  'my-alerts': { filter: { keywords: ['diffusion models', 'reinforcement learning'], minUpvotes: 10 } },
  'organization-page': { name: 'nvidia' },
  'paper-page': { arxivId: '2511.06090' },
  search: { text: '"mixture of experts" or quantization', filter: { hasCode: true }, first: 3 },
  'search-box': { typed: 'reinf' },
  trending: { asOf: '2026-07-18T12:00:00Z' },
  week: { week: '2026-W29' },
}
