import { historyByPaperIds, type RevisionRow, revisionsByPaperIds, revisionsShown } from '../db/changes.ts'
import type { HistoryRow } from '../db/tables.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { Paper } from './paper.ts'

const defaultPoints = 100
const mostPoints = 1000
const sentence = `pass a whole number from 1 to ${mostPoints}, or leave it out for ${defaultPoints}.`

const HistoryPoint = builder.objectRef<HistoryRow>('HistoryPoint').implement({
  description: 'What was counted at one moment. A point is kept when something changed, not for each look.',
  fields: (t) => ({
    observedAt: t.expose('observed_at', { type: 'DateTime', description: 'When a source said so.' }),
    upvotes: t.exposeInt('upvotes', {
      nullable: true,
      description: 'Upvotes then. Null where that source does not tell them.',
    }),
    commentCount: t.exposeInt('comment_count', {
      nullable: true,
      description: 'Comments then. Null where that source does not tell them.',
    }),
    githubStars: t.exposeInt('github_stars', {
      nullable: true,
      description: 'Stars of the repository then. Null where that source does not tell them.',
    }),
  }),
})

const Revision = builder.objectRef<RevisionRow>('Revision').implement({
  description: 'A title and abstract that later ones have replaced.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'The title as it was.' }),
    abstract: t.exposeString('abstract', {
      nullable: true,
      description: 'The abstract as it was. Null where it was not known yet.',
    }),
    seenAt: t.expose('seen_at', { type: 'DateTime', description: 'When this text was first observed.' }),
    replacedAt: t.expose('replaced_at', {
      type: 'DateTime',
      description: 'When the text that replaced it was observed.',
    }),
    source: t.exposeString('source', { description: 'The source that told this text, e.g. `huggingface`.' }),
  }),
})

builder.objectFields(Paper, (t) => ({
  history: t.field({
    type: [HistoryPoint],
    extensions: { columns: ['id'], bound: mostPoints },
    listSize: {
      assumedSize: defaultPoints,
      slicingArguments: ['last'],
      requireOneSlicingArgument: false,
    },
    description: 'Upvotes, comments and stars over time, the oldest first, for a plot.',
    args: {
      since: t.arg({
        type: 'DateTime',
        description: 'Only points of this instant and later. Example: `2026-06-12T12:00:00Z`.',
      }),
      last: t.arg.int({
        defaultValue: defaultPoints,
        description: `How many points, the newest ones: 1 to ${mostPoints}.`,
        validate: {
          type: 'number',
          min: [1, { message: sentence }],
          max: [mostPoints, { message: sentence }],
        },
      }),
    },
    resolve: async ({ id }, { since, last }, context) => {
      const question = `history ${since?.toISOString() ?? ''} ${last}`
      const points = await batched(context, question, id, async (ids) => {
        const rows = await historyByPaperIds(context.db, ids, last ?? defaultPoints, since ?? null)
        return Map.groupBy(rows, (row) => row.paper_id)
      })
      return points ?? []
    },
  }),
  revisions: t.loadableGroup({
    type: Revision,
    extensions: { columns: ['id'], bound: revisionsShown },
    listSize: { assumedSize: revisionsShown },
    description: `Earlier titles and abstracts, the newest first: ${revisionsShown} at most.`,
    load: (ids: number[], { db }) => revisionsByPaperIds(db, ids),
    group: ({ paper_id }) => paper_id,
    resolve: ({ id }) => id,
  }),
}))
