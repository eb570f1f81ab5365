import { halfLifeHours, type Trend, trendsByPaperIds } from '../db/trending.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import { requireNear } from './core/inputs.ts'
import { Paper } from './paper.ts'

const hour = 3_600_000

const TrendRef = builder.objectRef<Trend>('Trend').implement({
  description: `How a paper did at one instant, and what its place among the trending follows from. Exponential decay as in "Forward Decay" (Cormode and others, ICDE 2009): score = sum over gains of gain * 2^(-age in hours / ${halfLifeHours}). A gain is what a look at the votes finds more than the look before; it counts from that look. The votes that the first look found count from when the paper was listed, or published where it was not listed by then: they are \`ageHours\` old. To check a score, take the looks from \`Paper.history\`.`,
  fields: (t) => ({
    asOf: t.expose('as_of', { type: 'DateTime', description: 'The instant.' }),
    score: t.exposeFloat('score', {
      description: 'By which papers are ranked: as many votes as if all were cast at this instant.',
    }),
    upvotes: t.exposeInt('upvotes', {
      description: 'Upvotes as known then; 0 before anybody had looked.',
    }),
    gainedLastDay: t.exposeInt('gained', {
      description: 'How many of `upvotes` came in the 24 hours before.',
    }),
    upvotesPerHour: t.float({
      description: '`gainedLastDay` divided by 24.',
      resolve: ({ gained }) => gained / 24,
    }),
    ageHours: t.float({
      description: 'Hours since it was first listed, or published where it was not listed by then.',
      resolve: ({ since, as_of }) => Math.max(0, (as_of.getTime() - since.getTime()) / hour),
    }),
    halfLifeHours: t.int({
      description: 'After so many hours a vote counts half.',
      resolve: () => halfLifeHours,
    }),
  }),
})

builder.objectFields(Paper, (t) => ({
  trending: t.field({
    type: TrendRef,
    extensions: { columns: ['id', 'published_at'] },
    description: 'Why it is, or was, where it is in the order TRENDING.',
    args: {
      asOf: t.arg({
        type: 'DateTime',
        description: 'At this instant. Leave it out for now. Example: `2026-06-12T12:00:00Z`.',
      }),
    },
    resolve: async (paper, { asOf }, context) => {
      if (asOf) requireNear(asOf, 'asOf')
      const moment = asOf ?? startOf(context)
      const trend = await batched(context, `trend ${moment.toISOString()}`, paper.id, (ids) =>
        trendsByPaperIds(context.db, ids, moment),
      )
      return trend ?? { as_of: moment, since: paper.published_at, score: 0, upvotes: 0, gained: 0 }
    },
  }),
}))

const starts = new WeakMap<object, Date>()

/** One "now" for all papers of an operation, so that they are compared at the same instant, in one statement. */
function startOf(context: object): Date {
  let start = starts.get(context)
  if (!start) {
    start = new Date()
    starts.set(context, start)
  }
  return start
}
