import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { execute, parse } from 'graphql'
import { migrateToLatest } from '../../db/connection/migrate.ts'
import { openDatabase } from '../../db/database.ts'
import { startEmbedded } from '../../db/embedded/index.ts'
import { openFeed } from '../../db/feed/open.ts'
import { createContext } from '../../schema/core/context.ts'
import { schema } from '../../schema/index.ts'
import { findFiles, readFiles } from '../../src/ingest/files.ts'
import { ingest } from '../../src/ingest/run.ts'
import { idsFound, type SearchAnswer, searchDocument } from '../support/judged-answers.ts'
import { judgedPapers, judgedSearches, measureSearch, type SearchQuality } from '../support/judged-search.ts'

/**
 * How well the judged searches of tests/fixtures/search find what is relevant, as a Markdown table.
 * `npm run bench -- search [--missed]`; `--missed` also lists the searches that miss relevant papers or have another
 * one first.
 */
const { values: options } = parseArgs({ options: { missed: { type: 'boolean', default: false } } })

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'daily-papers-bench-'))
stack.defer(() => rm(folder, { recursive: true, force: true }))
const cluster = stack.use(
  await startEmbedded({
    superuser: true,
    dataDir: join(folder, 'pg'),
    database: 'bench',
    sync: false,
    path: process.env.PATH,
  }),
)
const { db } = stack.use(openDatabase({ connectionString: cluster.url, max: 4 }))
await migrateToLatest(db)
const { files } = await findFiles([judgedPapers])
const onFault = ({ message }: { message: string }) => {
  throw new Error(message)
}
for await (const { source, readings } of readFiles(files, { onFault })) await ingest(db, source, readings)
const feed = stack.use(await openFeed({ db, connectionString: cluster.url }))
const document = parse(searchDocument)

const searches = judgedSearches()
const found = new Map<string, readonly string[]>()
const quality = await measureSearch(searches, async (text) => {
  const ids = await idsFound(text, async (variableValues) => {
    const contextValue = createContext({ db, feed })
    const { data } = await execute({ schema, document, contextValue, variableValues })
    return data as SearchAnswer | null
  })
  found.set(text, ids)
  return ids
})

console.log('| group | searches | success@1 | MRR | nDCG@10 | recall | precision |')
console.log('| --- | --: | --: | --: | --: | --: | --: |')
for (const [group, figures] of quality) console.log(row(group, figures))
if (options.missed) {
  for (const { group, text, relevant } of searches) {
    const ids = found.get(text) ?? []
    const hits = ids.filter((id) => relevant.has(id)).length
    const isFirst = relevant.has(ids[0] ?? '')
    if (hits < relevant.size || !isFirst)
      console.log(
        `${group} | ${text} | ${hits} of ${relevant.size}${isFirst ? '' : `, first ${ids[0]}`}, ${ids.length} found`,
      )
  }
}

function row(group: string, { searches, ...figures }: SearchQuality): string {
  const shown = [figures.successAt1, figures.mrr, figures.ndcgAt10, figures.recall, figures.precision].map(
    (figure) => (Number.isNaN(figure) ? '' : figure.toFixed(3)),
  )
  return `| ${[group, searches, ...shown].join(' | ')} |`
}
