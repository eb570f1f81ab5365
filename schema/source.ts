import { type SourceName, sourceNames } from '../db/model/record.ts'
import { allSources, missedPolls, type SourceState } from '../db/sources.ts'
import { builder } from './core/builder.ts'

const meanings: Record<SourceName, string> = {
  huggingface: 'the Hugging Face API',
  arxiv: 'the arXiv API, or saved responses and dumps of arXiv',
  page: 'what a saved Daily Papers page shows',
  json: 'saved responses of the Hugging Face API and the data in its saved pages',
  client: 'the mutation `ingestPapers`',
}

/** The names of all sources for a description, e.g. "`page`, `json` or `client`". */
export const anySourceName = enumeration(
  sourceNames.map((name) => `\`${name}\``),
  'or',
)

export const Source = builder.objectRef<SourceState>('Source').implement({
  tag: 'operations',
  description: 'A source of papers, with the outcome of its latest reads.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: `The name: ${enumeration(
        sourceNames.map((name) => `\`${name}\` is ${meanings[name]}`),
        'and',
      )}.`,
    }),
    lastReadAt: t.expose('last_read_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When the source was last read, successfully or not. Null if never.',
    }),
    lastSuccessAt: t.expose('last_success_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When the source was last read completely and without error. Null if never.',
    }),
    lastErrorAt: t.expose('last_error_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When reading the source last failed. Null if never.',
    }),
    lastError: t.exposeString('last_error', {
      nullable: true,
      description: 'The error at `lastErrorAt`, in a sentence. Null if there was none.',
    }),
    lagSeconds: t.int({
      nullable: true,
      description:
        'Whole seconds since `lastSuccessAt`, which tell a quiet day from a source that is down. Null if `lastSuccessAt` is null.',
      resolve: ({ last_success_at }) =>
        last_success_at && Math.max(0, Math.floor((Date.now() - last_success_at.getTime()) / 1000)),
    }),
    late: t.exposeBoolean('late', {
      description: `Whether the source is polled and was not read successfully for ${missedPolls} times the interval of polling (\`POLL_MINUTES\`): what it has published since is missing here.`,
    }),
    recordsRead: t.exposeInt('records_read', { description: 'The number of records read so far.' }),
    papersNew: t.exposeInt('papers_new', { description: 'The number of papers that the source added.' }),
    papersChanged: t.exposeInt('papers_changed', {
      description: 'How many times the source changed a paper.',
    }),
    recordsRejected: t.exposeInt('records_rejected', {
      description: 'The number of items that could not be read as a paper.',
    }),
  }),
})

builder.queryFields((t) => ({
  sources: t.field({
    tag: 'operations',
    listSize: { assumedSize: sourceNames.length },
    type: [Source],
    extensions: { bound: sourceNames.length, cost: 0.3 },
    description: 'Lists the sources of papers and how fresh each one is.',
    resolve: (_root, _args, { db }) => allSources(db),
  }),
}))

function enumeration(items: readonly string[], conjunction: 'and' | 'or'): string {
  const comma = conjunction === 'and' ? ',' : ''
  return `${items.slice(0, -1).join(', ')}${comma} ${conjunction} ${items.at(-1)}`
}
