import { listOfEditions, submittersOf, submittersShown } from '../db/editions.ts'
import { readListPage } from '../db/lists/page.ts'
import { addDays, type Period, type PeriodKind, parsePeriod, periodOf } from '../db/model/period.ts'
import { builder } from './core/builder.ts'
import { BadInputError } from './core/errors.ts'
import { requireNear } from './core/inputs.ts'
import { rejectFirstWithLast } from './core/paging.ts'
import { Edition } from './edition.ts'
import { Paper, PaperConnection } from './paper.ts'
import { PaperOrderEnum, rootPapers } from './paper-order.ts'
import { SubmissionsRef } from './submissions.ts'

export const PeriodKindEnum = builder.enumType('PeriodKind', {
  description: 'How long a period is.',
  values: {
    DAY: { value: 'day', description: 'One calendar day.' },
    WEEK: { value: 'week', description: 'An ISO week, Monday to Sunday.' },
    MONTH: { value: 'month', description: 'A month.' },
  } as const satisfies Record<string, { value: PeriodKind; description: string }>,
})

const PeriodRef = builder.objectRef<Period>('Period')

PeriodRef.implement({
  description: 'A day, a week or a month of editions, with their papers ranked over the whole of it.',
  fields: (t) => ({
    kind: t.expose('kind', { type: PeriodKindEnum, description: 'How long it is.' }),
    name: t.exposeString('name', { description: 'Its name: `2026-01-05`, `2026-W02` or `2026-01`.' }),
    from: t.expose('from', { type: 'Date', description: 'Its first day.' }),
    to: t.expose('to', { type: 'Date', description: 'Its last day.' }),
    previous: t.field({
      type: PeriodRef,
      description: 'The one before, with or without editions.',
      resolve: ({ kind, from }) => periodOf(kind, addDays(from, -1)),
    }),
    next: t.field({
      type: PeriodRef,
      description: 'The one after, with or without editions.',
      resolve: ({ kind, to }) => periodOf(kind, addDays(to, 1)),
    }),
    editions: t.field({
      type: [Edition],
      extensions: { bound: 31 },
      listSize: { assumedSize: 7 },
      description: 'Its editions, the newest first.',
      resolve: async ({ from, to }, _args, { db }) => {
        const page = await readListPage<{ date: string }>(db, listOfEditions(from, to), {
          limit: 31,
          backwards: false,
        })
        return page.rows.map(({ row }) => row)
      },
    }),
    papers: t.connection(
      {
        type: Paper,
        description: 'Papers that its editions list, each once, the most upvotes first.',
        args: {
          order: t.arg({
            type: PaperOrderEnum,
            required: true,
            defaultValue: 'UPVOTES',
            description: 'In which order; TRENDING is of now.',
          }),
        },
        validate: rejectFirstWithLast,
        resolve: ({ from, to }, { order, ...args }, context, info) =>
          rootPapers({ filter: { editionFrom: from, editionTo: to }, order }, args, context, info),
      },
      PaperConnection,
    ),
    submitters: t.field({
      type: [SubmissionsRef],
      extensions: { bound: submittersShown },
      listSize: { assumedSize: 20 },
      description: `Who submitted to its editions, the most papers first: ${submittersShown} at most.`,
      resolve: (span, _args, { db }) => submittersOf(db, [span]),
    }),
  }),
})

builder.queryFields((t) => ({
  period: t.field({
    type: PeriodRef,
    description: 'A day, an ISO week or a month of editions. Pass one of the three.',
    args: {
      day: t.arg({ type: 'Date', description: 'A day. Example: `2026-01-05`.' }),
      week: t.arg.string({ description: 'An ISO week. Example: `2026-W02`, 5 to 11 January.' }),
      month: t.arg.string({ description: 'A month. Example: `2026-01`.' }),
    },
    validate: [
      ({ day, week, month }) => [day, week, month].filter((name) => name != null).length === 1,
      { message: 'pass one of `day`, `week` and `month`.', path: ['week'] },
    ],
    resolve: (_root, given) => {
      const kind = given.day != null ? 'day' : given.week != null ? 'week' : 'month'
      const name = given[kind] ?? ''
      if (/^\d{4}-/.test(name)) requireNear(name, kind)
      const period = parsePeriod(kind, name)
      if (period) return period
      throw new BadInputError(
        `${kind}: there is no ${kind} ${JSON.stringify(name.slice(0, 20))}; write ${kind === 'week' ? 'a year and its ISO week, like "2026-W02"' : 'a year and month, like "2026-01"'}.`,
        [kind],
      )
    },
  }),
}))
