import { addDays, type PeriodKind, periodOf } from '../db/model/period.ts'
import { type KeywordTrend, type StatsPoint, statsBetween, topKeywords } from '../db/stats.ts'
import { builder } from './core/builder.ts'
import { BadInputError } from './core/errors.ts'
import { requireNear } from './core/inputs.ts'
import { firstArgument, listSizeByFirst } from './core/paging.ts'
import { Keyword } from './keyword.ts'
import { PeriodKindEnum } from './period.ts'

/** Points of one answer: a quarter of days, a year of weeks, three years of months. */
const mostPoints: Record<PeriodKind, number> = { day: 92, week: 53, month: 36 }
const mostKeywordDays = 92
const mostKeywords = 100

const StatsPointRef = builder.objectRef<StatsPoint>('StatsPoint').implement({
  description: 'The figures of one day, week or month of editions.',
  fields: (t) => ({
    start: t.expose('start', { type: 'Date', description: 'The first day of the period.' }),
    papers: t.exposeInt('papers', { description: 'The number of papers first listed in the period.' }),
    upvotes: t.exposeInt('upvotes', { description: 'The number of upvotes that these papers have now.' }),
    comments: t.exposeInt('comments', { description: 'The number of comments that these papers have now.' }),
  }),
})

const KeywordTrendRef = builder.objectRef<KeywordTrend>('KeywordTrend').implement({
  description:
    'How often papers of a range of days have a keyword, compared with the preceding range of the same length.',
  fields: (t) => ({
    keyword: t.field({ type: Keyword, description: 'The keyword.', resolve: ({ key }) => ({ key }) }),
    papers: t.exposeInt('papers', {
      description: 'The number of papers with this keyword whose first listing is in the range.',
    }),
    previousPapers: t.exposeInt('previous', {
      description: 'The number of papers with this keyword whose first listing is in the preceding range.',
    }),
    growth: t.float({
      nullable: true,
      description:
        '`papers` divided by `previousPapers`: 2 means twice as many. Null if `previousPapers` is 0.',
      resolve: ({ papers, previous }) => (previous === 0 ? null : papers / previous),
    }),
  }),
})

builder.queryFields((t) => {
  const from = t.arg({
    type: 'Date',
    required: true,
    description: 'The first day, inclusive. Example: `2026-06-01`.',
  })
  const to = t.arg({
    type: 'Date',
    required: true,
    description: 'The last day, inclusive. Example: `2026-06-30`.',
  })
  return {
    stats: t.field({
      type: [StatsPointRef],
      extensions: { bound: Math.max(...Object.values(mostPoints)), cost: 8 },
      listSize: { assumedSize: 31 }, // a month of days, the usual plot
      description: `Papers, upvotes and comments over time, oldest first: one point for each period that overlaps the range. At most ${mostPoints.day} days, ${mostPoints.week} weeks or ${mostPoints.month} months.`,
      args: {
        by: t.arg({ type: PeriodKindEnum, required: true, description: 'The length of each period.' }),
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
              `to: the range has more than ${mostPoints[by]} points; choose a later \`from\`, or longer periods.`,
              ['to'],
            )
        return statsBetween(db, by, first.from, last.from, last.to)
      },
    }),
    topKeywords: t.field({
      type: [KeywordTrendRef],
      extensions: { bound: mostKeywords, cost: 70 },
      listSize: listSizeByFirst(20),
      description: `The most frequent keywords of the papers first listed in a range of at most ${mostKeywordDays} days, most papers first, with their growth over the preceding range.`,
      args: {
        from,
        to,
        first: t.arg.int(firstArgument('keywords to return', 20, mostKeywords)),
      },
      resolve: (_root, { first, ...given }, { db }) => {
        requireSpan(given)
        const days = Math.round((Date.parse(given.to) - Date.parse(given.from)) / 86_400_000) + 1
        if (days > mostKeywordDays)
          throw new BadInputError(`to: the range has ${days} days; choose at most ${mostKeywordDays}.`, [
            'to',
          ])
        return topKeywords(db, given.from, given.to, addDays(given.from, -days), first)
      },
    }),
  }
})

function requireSpan({ from, to }: { from: string; to: string }): void {
  if (from > to) throw new BadInputError('to: must not be before `from`.', ['to'])
  requireNear(to, 'to')
  requireNear(from, 'from')
}
