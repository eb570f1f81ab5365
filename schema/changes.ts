import {
  historyByPaperIds,
  maxRevisionsPerPaper,
  type RevisionRow,
  revisionsByPaperIds,
} from '../db/changes.ts'
import type { HistoryRow } from '../db/tables.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { longText } from './core/cost.ts'
import { itemCount } from './core/paging.ts'
import { Paper } from './paper.ts'

const defaultPoints = 100
const mostPoints = 1000

const HistoryPoint = builder.objectRef<HistoryRow>('HistoryPoint').implement({
  description:
    'The counters of a paper at one moment. A point is stored when a value changed, not for every observation.',
  fields: (t) => ({
    observedAt: t.expose('observed_at', {
      type: 'DateTime',
      description: 'When the source reported these values.',
    }),
    upvotes: t.exposeInt('upvotes', {
      nullable: true,
      description: 'The number of upvotes. Null if the source did not report it.',
    }),
    commentCount: t.exposeInt('comment_count', {
      nullable: true,
      description: 'The number of comments. Null if the source did not report it.',
    }),
    githubStars: t.exposeInt('github_stars', {
      nullable: true,
      description: 'The number of stars of the repository. Null if the source did not report it.',
    }),
  }),
})

const Revision = builder.objectRef<RevisionRow>('Revision').implement({
  description: 'An earlier title and abstract of a paper, replaced since.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'The earlier title.' }),
    abstract: t.exposeString('abstract', {
      extensions: { cost: longText },
      nullable: true,
      description: 'The earlier abstract. Null if it was not yet known.',
    }),
    seenAt: t.expose('seen_at', { type: 'DateTime', description: 'When this text was first observed.' }),
    replacedAt: t.expose('replaced_at', {
      type: 'DateTime',
      description: 'When its replacement was observed.',
    }),
    source: t.exposeString('source', { description: 'The source of this text, e.g. `huggingface`.' }),
  }),
})

builder.objectFields(Paper, (t) => ({
  history: t.field({
    type: [HistoryPoint],
    extensions: { columns: ['id'], bound: mostPoints, cost: 0.2 },
    listSize: {
      assumedSize: defaultPoints,
      slicingArguments: ['last'],
      requireOneSlicingArgument: false,
    },
    description: 'Upvotes, comments and stars over time, oldest first: the newest `last` points.',
    args: {
      since: t.arg({
        type: 'DateTime',
        description: 'Only points at or after this instant. Example: `2026-06-12T12:00:00Z`.',
      }),
      last: t.arg.int({
        defaultValue: defaultPoints,
        description: `The number of points to return, counted from the newest: 1 to ${mostPoints}.`,
        validate: itemCount(mostPoints, defaultPoints),
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
    extensions: { columns: ['id'], bound: maxRevisionsPerPaper, cost: 0.1 },
    listSize: { assumedSize: 2 }, // as the bound would have it, a page of papers would seem beyond any limit
    description: `Earlier titles and abstracts, newest first: at most ${maxRevisionsPerPaper}.`,
    load: (ids: number[], { db }) => revisionsByPaperIds(db, ids),
    group: ({ paper_id }) => paper_id,
    resolve: ({ id }) => id,
  }),
}))
