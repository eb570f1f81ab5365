import { allSources } from '../db/sources.ts'
import type { SourceRow } from '../db/tables.ts'
import { builder } from './core/builder.ts'

export const Source = builder.objectRef<SourceRow>('Source').implement({
  tag: 'operations',
  description: 'A way in for papers, and how the last readings went.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Its name: `huggingface`, `arxiv`, `page`, `json` or `client`.',
    }),
    lastReadAt: t.expose('last_read_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last read, well or not. Null where it never was.',
    }),
    lastSuccessAt: t.expose('last_success_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last read to the end without a fault. Null where it never was.',
    }),
    lastErrorAt: t.expose('last_error_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When reading it last failed. Null where it never did.',
    }),
    lastError: t.exposeString('last_error', {
      nullable: true,
      description: 'What went wrong at `lastErrorAt`, in a sentence. Null where nothing ever did.',
    }),
    lagSeconds: t.int({
      nullable: true,
      description:
        'Whole seconds since `lastSuccessAt`: tells a quiet day from a source that is down. Null without one.',
      resolve: ({ last_success_at }) =>
        last_success_at && Math.max(0, Math.floor((Date.now() - last_success_at.getTime()) / 1000)),
    }),
    recordsRead: t.exposeInt('records_read', { description: 'Records it has given so far.' }),
    papersNew: t.exposeInt('papers_new', { description: 'Papers that were new through it.' }),
    papersChanged: t.exposeInt('papers_changed', { description: 'Times that it changed a paper.' }),
    recordsRejected: t.exposeInt('records_rejected', {
      description: 'Items of it that could not be read as a paper.',
    }),
  }),
})

builder.queryFields((t) => ({
  sources: t.field({
    tag: 'operations',
    listSize: { assumedSize: 5 },
    type: [Source],
    extensions: { bound: 'the ways in that this server knows: five' },
    description: 'Where papers come from, and how fresh each is.',
    resolve: (_root, _args, { db }) => allSources(db),
  }),
}))
