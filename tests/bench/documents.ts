import { execute, parse } from 'graphql'
import { Kysely, PostgresDialect } from 'kysely'
import { openDatabase } from '../../db/database.ts'
import { openFeed } from '../../db/feed/open.ts'
import type { Tables } from '../../db/tables.ts'
import { createContext } from '../../schema/core/context.ts'
import { schema } from '../../schema/index.ts'
import { documents } from '../support/documents.ts'

/**
 * Times the example documents on a database of generated papers (see generate.ts), each statement by itself:
 *
 *   node tests/bench/documents.ts postgresql://… [document …]
 *
 * Prints for each document the number of statements, and in milliseconds the median and the slowest statement of its
 * median run, as the client sees them.
 */
const variables: Record<string, Record<string, unknown>> = {
  'account-page': { name: 'user-7' },
  archive: { from: '2024-05-01', to: '2024-05-31' },
  'author-page': { name: 'Author 1000' },
  'browser-extension': { address: 'https://arxiv.org/abs/2004.00007v1' },
  dashboard: { from: '2024-05-01', to: '2024-05-31' },
  edition: { date: '2024-05-06' },
  'keyword-page': { key: 'keyword 3' },
  month: { month: '2024-05' },
  'most-starred': { filter: { hasCode: true, minUpvotes: 10 } },
  'my-alerts': { filter: { keywords: ['keyword 3', 'keyword 17'], minUpvotes: 50 } },
  'organization-page': { name: 'org-20' },
  'paper-page': { arxivId: '2007.00321' },
  search: { text: 'error turbulence', filter: null },
  'search common words': { text: 'models learning', filter: null },
  'search rare words': { text: 'adversarial kuramoto', filter: null },
  'search misspelt': { text: 'assimilatoin increemnts', filter: null },
  'search-box': { typed: 'key' },
  trending: { asOf: '2024-05-06T12:00:00Z' },
  week: { week: '2024-W19' },
}

const [url, ...only] = process.argv.slice(2)
if (!url) throw new Error('Pass the URL of a database that generate.ts has filled.')
const runs = 5

const handle = openDatabase({ connectionString: url })
let durations: { ms: number; text: string }[] = []
const db = new Kysely<Tables>({
  dialect: new PostgresDialect({ pool: handle.pool }),
  log: ({ query, queryDurationMillis }) => {
    durations.push({ ms: queryDurationMillis, text: query.sql })
  },
})
const feed = await openFeed({ db, connectionString: url })

for (const [name, variableValues] of Object.entries({ 'front-page': {}, ...variables })) {
  if (only.length > 0 && !only.includes(name)) continue
  const document = documents.find((each) => each.name === name.split(' ')[0])
  if (!document) continue
  const taken: { total: number; durations: typeof durations }[] = []
  for (let run = 0; run < runs; run += 1) {
    durations = []
    const start = performance.now()
    const { errors } = await execute({
      schema,
      document: parse(document.text),
      contextValue: createContext({ db, feed }),
      variableValues,
    })
    if (errors) throw new Error(`${name}: ${errors[0]?.message}`)
    taken.push({ total: performance.now() - start, durations })
  }
  const median = taken.sort((a, b) => a.total - b.total)[Math.floor(runs / 2)]
  const slowest = median?.durations.sort((a, b) => b.ms - a.ms)[0]
  console.log(
    name.padEnd(24),
    String(median?.durations.length).padStart(3),
    median?.total.toFixed(1).padStart(8),
    slowest?.ms.toFixed(1).padStart(8),
    slowest && slowest.ms > 30 ? slowest.text.replace(/\s+/g, ' ').slice(0, 160) : '',
  )
}

await feed.close()
await handle.close()
