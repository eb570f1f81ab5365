import { listOfEditions, maxSubmitters, submittersOf } from '../db/editions.ts'
import { readListPage } from '../db/lists/page.ts'
import { addDays, type Period, type PeriodKind, parsePeriod, periodOf } from '../db/model/period.ts'
import { builder } from './core/builder.ts'
import { rejectFirstWithLast } from './core/connection.ts'
import { BadInputError } from './core/errors.ts'
import { requireNear } from './core/inputs.ts'
import { Edition, SubmissionsRef } from './edition.ts'
import { Paper, PaperConnection } from './paper.ts'
import { costOfPapers, PaperOrderEnum, rootPapers } from './papers.ts'

export const PeriodKindEnum = builder.enumType('PeriodKind', {
  description: 'The length of a period.',
  values: {
    DAY: { value: 'day', description: 'One calendar day.' },
    WEEK: { value: 'week', description: 'One ISO week, Monday to Sunday.' },
    MONTH: { value: 'month', description: 'One calendar month.' },
  } as const satisfies Record<string, { value: PeriodKind; description: string }>,
})

const PeriodRef = builder.objectRef<Period>('Period')

PeriodRef.implement({
  description: 'A day, week or month of editions, with their papers ranked across the whole period.',
  fields: (t) => ({
    kind: t.expose('kind', { type: PeriodKindEnum, description: 'The length of the period.' }),
    name: t.exposeString('name', { description: 'The name, e.g. `2026-01-05`, `2026-W02` or `2026-01`.' }),
    from: t.expose('from', { type: 'Date', description: 'The first day of the period.' }),
    to: t.expose('to', { type: 'Date', description: 'The last day of the period.' }),
    previous: t.field({
      type: PeriodRef,
      description: 'The preceding period of the same kind, with or without editions.',
      resolve: ({ kind, from }) => periodOf(kind, addDays(from, -1)),
    }),
    next: t.field({
      type: PeriodRef,
      description: 'The following period of the same kind, with or without editions.',
      resolve: ({ kind, to }) => periodOf(kind, addDays(to, 1)),
    }),
    editions: t.field({
      type: [Edition],
      extensions: { bound: 31, cost: 1 },
      listSize: { assumedSize: 7 },
      description: 'The editions of the period, newest first.',
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
        extensions: { cost: costOfPapers },
        description: 'The papers that its editions list, each once, most upvotes first by default.',
        args: {
          order: t.arg({
            type: PaperOrderEnum,
            required: true,
            defaultValue: 'UPVOTES',
            description:
              'The order of the papers. TRENDING is as of now. RELEVANCE is refused, because no words are given here.',
          }),
        },
        validate: rejectFirstWithLast,
        resolve({ from, to }, { order, ...args }, context, info) {
          if (order === 'RELEVANCE')
            throw new BadInputError(
              `order: a period has no words to search for; use papers(filter: { text: …, editionFrom: "${from}", editionTo: "${to}" }, order: RELEVANCE), or choose another order.`,
              ['order'],
            )
          return rootPapers({ filter: { editionFrom: from, editionTo: to }, order }, args, context, info)
        },
      },
      PaperConnection,
    ),
    submitters: t.field({
      type: [SubmissionsRef],
      extensions: { bound: maxSubmitters, cost: 10 },
      listSize: { assumedSize: 20 },
      description: `The accounts that submitted papers to its editions, most papers first: at most ${maxSubmitters}.`,
      resolve: (span, _args, { db }) => submittersOf(db, [span]),
    }),
  }),
})

builder.queryFields((t) => ({
  period: t.field({
    type: PeriodRef,
    description: 'The editions of a day, an ISO week or a month. Pass exactly one argument.',
    args: {
      day: t.arg({ type: 'Date', description: 'The day. Example: `2026-01-05`.' }),
      week: t.arg.string({ description: 'The ISO week. Example: `2026-W02`, which is 5 to 11 January.' }),
      month: t.arg.string({ description: 'The month. Example: `2026-01`.' }),
    },
    validate: [
      ({ day, week, month }) => [day, week, month].filter((name) => name != null).length === 1,
      { message: 'pass exactly one of `day`, `week` and `month`.', path: ['week'] },
    ],
    resolve: (_root, given) => {
      const kind = given.day != null ? 'day' : given.week != null ? 'week' : 'month'
      const name = given[kind] ?? ''
      if (/^\d{4}-/.test(name)) requireNear(name, kind)
      const period = parsePeriod(kind, name)
      if (period) return period
      throw new BadInputError(
        `${kind}: ${JSON.stringify(name.slice(0, 20))} is not a ${kind}; write ${kind === 'week' ? 'a year and its ISO week, like "2026-W02"' : 'a year and month, like "2026-01"'}.`,
        [kind],
      )
    },
  }),
}))
