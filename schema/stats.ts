import { addDays, type PeriodKind, periodOf } from '../db/model/period.ts'
import { type KeywordTrend, type StatsPoint, statsBetween, topKeywords } from '../db/stats.ts'
import { builder } from './core/builder.ts'
import { BadInputError } from './core/errors.ts'
import { requireNear } from './core/inputs.ts'
import { listSizeByFirst } from './core/paging.ts'
import { Keyword } from './keyword.ts'
import { PeriodKindEnum } from './period.ts'

/** Points of one answer: a quarter of days, a year of weeks, three years of months. */
const mostPoints: Record<PeriodKind, number> = { day: 92, week: 53, month: 36 }
const mostKeywordDays = 92
const mostKeywords = 100

const StatsPointRef = builder.objectRef<StatsPoint>('StatsPoint').implement({
  description: 'What the editions of one day, week or month brought.',
  fields: (t) => ({
    start: t.expose('start', { type: 'Date', description: 'Its first day.' }),
    papers: t.exposeInt('papers', { description: 'Papers that an edition listed for the first time.' }),
    upvotes: t.exposeInt('upvotes', { description: 'Upvotes that these papers have by now.' }),
    comments: t.exposeInt('comments', { description: 'Comments that these papers have by now.' }),
  }),
})

const KeywordTrendRef = builder.objectRef<KeywordTrend>('KeywordTrend').implement({
  description: 'How often a keyword stood on papers of some days, and of as many days before.',
  fields: (t) => ({
    keyword: t.field({ type: Keyword, description: 'The keyword.', resolve: ({ key }) => ({ key }) }),
    papers: t.exposeInt('papers', { description: 'Papers with it that were first listed in these days.' }),
    previousPapers: t.exposeInt('previous', {
      description: 'Papers with it that were first listed in as many days just before.',
    }),
    growth: t.float({
      nullable: true,
      description:
        '`papers` divided by `previousPapers`: 2 means twice as many. Null where there were none before.',
      resolve: ({ papers, previous }) => (previous === 0 ? null : papers / previous),
    }),
  }),
})

builder.queryFields((t) => {
  const from = t.arg({ type: 'Date', required: true, description: 'The first day. Example: `2026-06-01`.' })
  const to = t.arg({ type: 'Date', required: true, description: 'The last day. Example: `2026-06-30`.' })
  return {
    stats: t.field({
      type: [StatsPointRef],
      extensions: { bound: Math.max(...Object.values(mostPoints)) },
      listSize: { assumedSize: 31 }, // a month of days, the usual plot
      description: `Papers, upvotes and comments over time, the oldest first, one point for each period that has a day in between: up to ${mostPoints.day} days, ${mostPoints.week} weeks or ${mostPoints.month} months.`,
      args: {
        by: t.arg({ type: PeriodKindEnum, required: true, description: 'How long each period is.' }),
        from,
        to,
      },
      resolve: (_root, { by, ...given }, { db }) => {
        requireSpan(given)
        const first = periodOf(by, given.from)
        const last = periodOf(by, given.to)
        let points = 0
        for (let period = first; period.from <= last.from; period = periodOf(by, addDays(period.to, 1)))
          if (++points > mostPoints[by])
            throw new BadInputError(
              `to: these are more than ${mostPoints[by]} points; choose a later \`from\`, or longer periods.`,
              ['to'],
            )
        return statsBetween(db, by, first.from, last.from, last.to)
      },
    }),
    topKeywords: t.field({
      type: [KeywordTrendRef],
      extensions: { bound: mostKeywords },
      listSize: listSizeByFirst(20),
      description: `The keywords of the papers first listed in some days (up to ${mostKeywordDays}), the commonest first, and how they grew.`,
      args: {
        from,
        to,
        first: t.arg.int({
          required: true,
          defaultValue: 20,
          description: `How many: 1 to ${mostKeywords}.`,
          validate: {
            type: 'number',
            min: [1, { message: `pass a whole number from 1 to ${mostKeywords}.` }],
            max: [mostKeywords, { message: `pass a whole number from 1 to ${mostKeywords}.` }],
          },
        }),
      },
      resolve: (_root, { first, ...given }, { db }) => {
        requireSpan(given)
        const days = Math.round((Date.parse(given.to) - Date.parse(given.from)) / 86_400_000) + 1
        if (days > mostKeywordDays)
          throw new BadInputError(`to: these are ${days} days; choose ${mostKeywordDays} at most.`, ['to'])
        return topKeywords(db, given.from, given.to, addDays(given.from, -days), first)
      },
    }),
  }
})

function requireSpan({ from, to }: { from: string; to: string }): void {
  if (from > to) throw new BadInputError('to: this day is before `from`.', ['to'])
  requireNear(to, 'to')
  requireNear(from, 'from')
}
