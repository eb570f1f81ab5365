import { halfLifeHours, momentAt, type Trend, trendsByPaperIds } from '../db/trending.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { contextCache } from './core/context-cache.ts'
import { requireNear } from './core/inputs.ts'
import { Paper } from './paper.ts'
import { momentOfRanking } from './trending-moments.ts'

const hour = 3_600_000

const TrendRef = builder.objectRef<Trend>('Trend').implement({
  description: `The values behind the order TRENDING at one instant. Upvotes decay exponentially, as in "Forward Decay" (Cormode et al., ICDE 2009): score = sum over gains of gain * 2^(-age in hours / ${halfLifeHours}). A gain is the increase in upvotes between two observations and dates from the later one. The upvotes of the first observation date from when the paper was first listed (or published, if it was not listed by then), or from that observation if it came earlier. To check a score, use the observations in \`Paper.history\`.`,
  fields: (t) => ({
    asOf: t.expose('as_of', { type: 'DateTime', description: 'The instant of these values.' }),
    score: t.exposeFloat('score', {
      description:
        'The value that papers are ranked by: their upvotes weighted by age, where an upvote at `asOf` counts 1.',
    }),
    upvotes: t.exposeInt('upvotes', {
      description: 'The number of upvotes known at `asOf`; 0 before the first observation.',
    }),
    gainedLastDay: t.exposeInt('gained', {
      description: 'How many of `upvotes` were gained in the preceding 24 hours.',
    }),
    upvotesPerHour: t.float({
      description: '`gainedLastDay` divided by 24.',
      resolve: ({ gained }) => gained / 24,
    }),
    ageHours: t.float({
      description:
        'Hours since the paper was first listed, or since it was published if it was not listed by then.',
      resolve: ({ since, as_of }) => Math.max(0, (as_of.getTime() - since.getTime()) / hour),
    }),
    halfLifeHours: t.int({
      description: 'The age in hours at which an upvote counts half.',
      resolve: () => halfLifeHours,
    }),
  }),
})

builder.objectFields(Paper, (t) => ({
  trending: t.field({
    type: TrendRef,
    extensions: { columns: ['id', 'published_at'], cost: 0.1 },
    description:
      "The values that decide the paper's position in the order TRENDING: in a list of that order, those of the list.",
    args: {
      asOf: t.arg({
        type: 'DateTime',
        description:
          'The instant to compute the values for. Default: the instant of the list that the paper is in, if its order is TRENDING; otherwise now. Example: `2026-06-12T12:00:00Z`.',
      }),
    },
    resolve: async (paper, { asOf }, context) => {
      if (asOf) requireNear(asOf, 'asOf')
      const moment = asOf ? momentAt(asOf) : (momentOfRanking(paper) ?? momentAt(startOf(context)))
      const key = `trend ${moment.asOf.toISOString()} ${moment.knownAt.toISOString()}`
      const trend = await batched(context, key, paper.id, (ids) => trendsByPaperIds(context.db, ids, moment))
      return trend ?? { as_of: moment.asOf, since: paper.published_at, score: 0, upvotes: 0, gained: 0 }
    },
  }),
}))

/** One "now" for all papers of an operation, so that they are compared at the same instant, in one statement. */
const startOf = contextCache(() => new Date())
