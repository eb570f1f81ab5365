import {
  type EditionReading,
  editionsByDates,
  latestEdition,
  listOfEditions,
  neighboursOf,
  readingsOf,
  submittersOf,
  submittersShown,
} from '../db/editions.ts'
import { countList, readListPage } from '../db/lists/page.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { pageRequest, toConnection } from './core/connection.ts'
import type { Context } from './core/context.ts'
import { scopeOf } from './core/cursor.ts'
import { dayKey } from './core/ids.ts'
import { countedAtMost, rejectFirstWithLast } from './core/paging.ts'
import { orderArgument, ownedPapers } from './owned.ts'
import { Paper, PaperConnection } from './paper.ts'
import { SubmissionsRef } from './submissions.ts'

export const Edition = builder.loadableNodeRef('Edition', {
  id: { resolve: (edition: { date: string }) => edition.date, parse: dayKey },
  load: (dates: string[], { db }) => editionsByDates(db, dates),
  sort: (edition) => edition.date,
})

Edition.implement({
  description:
    'The Daily Papers list of one day. It goes on filling for days, and papers rise and fall on it.',
  fields: (t) => ({
    date: t.expose('date', {
      type: 'Date',
      description: 'Its day. Not the day on which its papers were published.',
    }),
    papers: t.connection(
      {
        type: Paper,
        description: 'Its papers, the one with the most upvotes first. Who submitted them, `listings` tells.',
        args: { order: t.arg({ ...orderArgument, defaultValue: 'UPVOTES' }) },
        resolve: ({ date }, args, context, info) => ownedPapers('edition', date, args, context, info),
      },
      PaperConnection,
    ),
    previous: t.field({
      type: Edition,
      nullable: true,
      description: 'The nearest edition before it that lists something. Null for the first.',
      resolve: async ({ date }, _args, context) => edition((await neighbours(date, context))?.previous),
    }),
    next: t.field({
      type: Edition,
      nullable: true,
      description: 'The nearest edition after it that lists something. Null for the last.',
      resolve: async ({ date }, _args, context) => edition((await neighbours(date, context))?.next),
    }),
    submitters: t.field({
      type: [SubmissionsRef],
      extensions: { bound: submittersShown },
      listSize: { assumedSize: 20 },
      description: `Who submitted to it, the most papers first: ${submittersShown} at most.`,
      resolve: async ({ date }, _args, context) => {
        const submitters = await batched(context, 'submitters of editions', date, async (dates) => {
          const rows = await submittersOf(
            context.db,
            dates.map((day) => ({ from: day, to: day })),
          )
          return Map.groupBy(rows, ({ span }) => dates[span] ?? '')
        })
        return submitters ?? []
      },
    }),
    readings: t.loadableGroup({
      type: EditionReadingRef,
      extensions: { bound: 'one for each source' },
      description: 'When each source last read the whole of it, the newest first: how fresh it is.',
      load: (dates: string[], { db }) => readingsOf(db, dates),
      group: ({ edition_date }) => edition_date,
      resolve: ({ date }) => date,
    }),
  }),
})

const EditionReadingRef = builder.objectRef<EditionReading>('EditionReading').implement({
  description: 'A look at a whole edition.',
  fields: (t) => ({
    source: t.exposeString('source', { description: 'The source that was read, e.g. `huggingface`.' }),
    readAt: t.expose('read_at', {
      type: 'DateTime',
      description: 'When: its papers stood on it then, whether or not anything had changed.',
    }),
  }),
})

function neighbours(date: string, context: Context) {
  return batched(context, 'neighbours of editions', date, (dates) => neighboursOf(context.db, dates))
}

function edition(date: string | null | undefined) {
  return date ? { date } : null
}

const EditionConnection = builder.connectionObject(
  { type: Edition, name: 'EditionConnection', description: 'A page of a list of editions.' },
  { name: 'EditionEdge', description: 'An edition in a list.' },
)

builder.queryFields((t) => ({
  edition: t.field({
    type: Edition,
    nullable: true,
    description: 'The edition of a day, or the latest; null where there is none.',
    args: {
      date: t.arg({
        type: 'Date',
        description:
          'The day. Leave it out for the latest edition that lists something. Example: `2026-01-05`.',
      }),
    },
    resolve: async (_root, { date }, { db }) => date ?? (await latestEdition(db)),
  }),
  editions: t.connection(
    {
      type: Edition,
      description: 'Editions, the newest first.',
      args: {
        from: t.arg({
          type: 'Date',
          description: 'Only editions of this day and later. Example: `2026-06-01`.',
        }),
        to: t.arg({
          type: 'Date',
          description: 'Only editions of this day and earlier. Example: `2026-06-30`.',
        }),
      },
      validate: {
        refine: [
          rejectFirstWithLast,
          [
            ({ from, to }) => from == null || to == null || from <= to,
            { message: 'this day is before `from`: no edition can be in between.', path: ['to'] },
          ],
        ],
      },
      resolve: async (_root, { from, to, ...args }, { db }) => {
        const list = listOfEditions(from, to)
        const scope = { order: list.order, scope: scopeOf([from ?? null, to ?? null]) }
        const request = pageRequest(args, scope)
        const page = await readListPage<{ date: string }>(db, list, request)
        return toConnection(
          page,
          request,
          scope,
          () => countList(db, list, countedAtMost),
          (row) => row,
        )
      },
    },
    EditionConnection,
  ),
}))
