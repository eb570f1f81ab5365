import {
  type EditionOrder,
  type EditionReading,
  editionsByDates,
  latestEdition,
  listOfEditions,
  maxSubmitters,
  neighboursOf,
  readingsOf,
  type Submissions,
  submittersOf,
} from '../db/editions.ts'
import { countList, readListPage } from '../db/lists/page.ts'
import { Account } from './account.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { pageRequest, rejectFirstWithLast, scopeOf, toConnection } from './core/connection.ts'
import type { Context } from './core/context.ts'
import { dayKey } from './core/ids.ts'
import { countedAtMost } from './core/paging.ts'
import { orderArgument, ownedPapers } from './owned.ts'
import { Paper, PaperConnection } from './paper.ts'

export const SubmissionsRef = builder.objectRef<Submissions>('Submissions').implement({
  description: 'An account and the number of papers it submitted.',
  fields: (t) => ({
    account: t.field({
      type: Account,
      description: 'The account that submitted the papers.',
      resolve: ({ submitter_name }) => submitter_name,
    }),
    papers: t.exposeInt('papers', { description: 'The number of papers it submitted to these editions.' }),
  }),
})

export const Edition = builder.loadableNodeRef('Edition', {
  id: { resolve: (edition: { date: string }) => edition.date, parse: dayKey },
  load: (dates: string[], { db }) => editionsByDates(db, dates),
  sort: (edition) => edition.date,
})

Edition.implement({
  description:
    'The Daily Papers list of one day. Papers are still added for some days afterwards, and their order changes with their upvotes.',
  fields: (t) => ({
    date: t.expose('date', {
      type: 'Date',
      description: 'The day of the edition, not the day on which its papers were published.',
    }),
    papers: t.connection(
      {
        type: Paper,
        extensions: { cost: 0.5 },
        description:
          'The papers of the edition, most upvotes first by default. For who submitted them, see `listings`.',
        args: { order: t.arg({ ...orderArgument, defaultValue: 'UPVOTES' }) },
        resolve: ({ date }, args, context, info) => ownedPapers('edition', date, args, context, info),
      },
      PaperConnection,
    ),
    previous: t.field({
      type: Edition,
      extensions: { cost: 0.1 },
      nullable: true,
      description: 'The nearest earlier edition that lists papers. Null for the first edition.',
      resolve: async ({ date }, _args, context) => edition((await neighbours(date, context))?.previous),
    }),
    next: t.field({
      type: Edition,
      extensions: { cost: 0.1 },
      nullable: true,
      description: 'The nearest later edition that lists papers. Null for the latest edition.',
      resolve: async ({ date }, _args, context) => edition((await neighbours(date, context))?.next),
    }),
    submitters: t.field({
      type: [SubmissionsRef],
      extensions: { bound: maxSubmitters, cost: 1 },
      listSize: { assumedSize: 20 },
      description: `The accounts that submitted papers to the edition, most papers first: at most ${maxSubmitters}.`,
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
      extensions: { bound: 'one for each source', cost: 0.05 },
      listSize: { assumedSize: 2 },
      description:
        'When each source last read the whole edition, newest first. Shows how fresh the edition is.',
      load: (dates: string[], { db }) => readingsOf(db, dates),
      group: ({ edition_date }) => edition_date,
      resolve: ({ date }) => date,
    }),
  }),
})

const EditionReadingRef = builder.objectRef<EditionReading>('EditionReading').implement({
  description: 'A full read of one edition by one source.',
  fields: (t) => ({
    source: t.exposeString('source', { description: 'The source that was read, e.g. `huggingface`.' }),
    readAt: t.expose('read_at', {
      type: 'DateTime',
      description: 'When the source last read the whole edition, whether or not anything had changed.',
    }),
  }),
})

function neighbours(date: string, context: Context) {
  return batched(context, 'neighbours of editions', date, (dates) => neighboursOf(context.db, dates))
}

function edition(date: string | null | undefined) {
  return date ? { date } : null
}

const EditionOrderEnum = builder.enumType('EditionOrder', {
  description: 'Orders of editions. Always descending.',
  values: {
    DATE: { description: 'By their day.' },
    ARRIVAL: {
      description:
        'By when this server last recorded a new listing of the edition, so that an old edition to which a paper is added comes first. Omits editions without papers.',
    },
  } satisfies Record<EditionOrder, object>,
})

const EditionConnection = builder.connectionObject(
  { type: Edition, name: 'EditionConnection', description: 'A page of editions.' },
  { name: 'EditionEdge', description: 'An edition in a list.' },
)

builder.queryFields((t) => ({
  edition: t.field({
    type: Edition,
    extensions: { cost: 0.5 },
    nullable: true,
    description: 'The edition of a day, or the latest edition. Null if there is none.',
    args: {
      date: t.arg({
        type: 'Date',
        description: 'The day. Omit it for the latest edition that lists papers. Example: `2026-01-05`.',
      }),
    },
    resolve: async (_root, { date }, { db }) => date ?? (await latestEdition(db)),
  }),
  editions: t.connection(
    {
      type: Edition,
      extensions: { cost: 1 },
      description: 'Lists editions, newest first by default.',
      args: {
        order: t.arg({
          type: EditionOrderEnum,
          required: true,
          defaultValue: 'DATE',
          description: 'The order of the editions.',
        }),
        from: t.arg({
          type: 'Date',
          description: 'Only editions on or after this day. Example: `2026-06-01`.',
        }),
        to: t.arg({
          type: 'Date',
          description: 'Only editions on or before this day. Example: `2026-06-30`.',
        }),
      },
      validate: {
        refine: [
          rejectFirstWithLast,
          [
            ({ from, to }) => from == null || to == null || from <= to,
            { message: 'must not be before `from`.', path: ['to'] },
          ],
        ],
      },
      resolve: async (_root, { from, to, order, ...args }, { db }) => {
        const list = listOfEditions(from, to, order)
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
