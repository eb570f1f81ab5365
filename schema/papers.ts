import type { GraphQLResolveInfo } from 'graphql'
import type { Db } from '../db/database.ts'
import { computedOrders, type PaperListOrder, type PaperOrder, paperOrders } from '../db/lists/orders.ts'
import { pageOfPapers } from '../db/paper-pages.ts'
import type { PaperFields } from '../db/papers.ts'
import { type CanonicalFilter, canonicalFilter } from '../db/search/filter.ts'
import { rankedAtMost } from '../db/search/relevance.ts'
import {
  currentMoment,
  halfLifeHours,
  momentAt,
  momentOfPage,
  type TrendMoment,
  trendingDays,
} from '../db/trending.ts'
import { builder } from './core/builder.ts'
import {
  type Connection,
  type CursorScope,
  decodeCursor,
  type PagingArgs,
  pageRequest,
  rejectFirstWithLast,
  scopeOf,
  toConnection,
} from './core/connection.ts'
import type { Context } from './core/context.ts'
import type { FieldCost } from './core/cost.ts'
import { BadInputError } from './core/errors.ts'
import { requireNear } from './core/inputs.ts'
import { countedAtMost } from './core/paging.ts'
import { paperColumnsBelow, readsPage } from './core/plan.ts'
import { PaperFilterInput, unsearchable } from './filter.ts'
import { Paper, PaperConnection } from './paper.ts'
import { rankedAt } from './trending-moments.ts'

const listOrders = {
  NEWEST: { description: 'By `publishedAt`.' },
  EDITION: {
    description:
      'By the last edition that lists the paper, then by upvotes, as on the pages of Hugging Face. Unlisted papers come last.',
  },
  UPVOTES: { description: 'By the number of upvotes.' },
  COMMENTS: { description: 'By the number of comments.' },
  STARS: {
    description: 'By the number of stars of the repository. Papers without a known number come last.',
  },
} as const satisfies Record<PaperListOrder, { description: string }>

export const PaperListOrderEnum = builder.enumType('PaperListOrder', {
  description:
    'Orders of the papers of one object. Always descending; ties are broken by the most recently stored first.',
  values: listOrders,
})

export const PaperOrderEnum = builder.enumType('PaperOrder', {
  description: 'Orders of papers. Always descending; ties are broken by the most recently stored first.',
  values: {
    ...listOrders,
    TRENDING: {
      description: `By \`trending.score\` at \`asOf\`: the number of upvotes, each counting half as much for every ${halfLifeHours} hours of its age. Covers papers published or listed in the preceding ${trendingDays} days that had been observed by then. If there is none in the days before now, the newest day that has one is ranked; \`trending { asOf }\` of a paper in the list says which moment it is.`,
    },
    ARRIVAL: {
      description: `By when the paper came to match \`filter\`: by the position in the feed of the newest event that stored the paper or changed what the filter looks at, e.g. its listings or, for \`minUpvotes\`, the upvotes that reached it. Nothing new appears below what a client has seen.`,
    },
    RELEVANCE: {
      description: `By how well the paper matches \`filter.text\`, which is required: first a paper whose title is the text (relevance from 2), then titles that contain it (from 1), then papers with all its words in the title or among the keywords (from 0.1, by \`ts_rank\` of Postgres: title 1, keywords 0.4), then the others, the newest first (below 0.1). In the last two, papers in which more words are next to each other as in the text come first. Covers the ${rankedAtMost} newest matches, and the ${rankedAtMost} newest with all words in title or keywords.`,
    },
  } as const satisfies Record<PaperOrder, { description: string }>,
})

builder.queryFields((t) => ({
  papers: t.connection(
    {
      type: Paper,
      extensions: { cost: costOfPapers },
      description: 'Lists papers, filtered and ordered.',
      args: {
        filter: t.arg({
          type: PaperFilterInput,
          description: 'Only papers that meet these conditions. Omit it for all papers.',
        }),
        order: t.arg({
          type: PaperOrderEnum,
          required: true,
          defaultValue: 'NEWEST',
          description: 'The order of the papers.',
        }),
        asOf: t.arg({
          type: 'DateTime',
          description: `For the order TRENDING: the instant at which papers are ranked. A past ranking is repeatable, because it uses only what had been observed by that instant; only \`filter\` applies to papers as they are now. Default: now, or the end of the newest day with papers if none is of the preceding ${trendingDays} days. Example: \`2026-06-12T12:00:00Z\`.`,
        }),
        arrivedAfter: t.arg({
          type: 'FeedCursor',
          description:
            'For the order ARRIVAL: only papers that came to match after this position of the feed: a `feedPosition`, or the `cursor` of an event. Default: all.',
        }),
      },
      validate: {
        refine: [
          rejectFirstWithLast,
          [
            ({ order, arrivedAfter }) => arrivedAfter == null || order === 'ARRIVAL',
            { message: 'only available with the order ARRIVAL; omit it.', path: ['arrivedAfter'] },
          ],
          [
            ({ order, asOf }) => asOf == null || order === 'TRENDING',
            { message: 'only available with the order TRENDING; omit it.', path: ['asOf'] },
          ],
        ],
      },
      resolve: async (_root, { filter, order, asOf, arrivedAfter, ...args }, context, info) => {
        const since = arrivedAfter == null ? undefined : (await context.feed.position(arrivedAfter)).number
        return rootPapers({ filter: canonicalFilter(filter ?? {}), order, asOf, since }, args, context, info)
      },
    },
    PaperConnection,
  ),
}))

/**
 * Words are looked up in an index, and then each match is looked at: to be ordered by anything but relevance, to be
 * counted, and where the index does not know all, as of phrases.
 */
export const costOfPapers: FieldCost = ({ filter, order }) => {
  const conditions = (filter ?? {}) as Readonly<Record<string, unknown>>
  const base = order === 'TRENDING' || order === 'ARRIVAL' ? 60 : 3
  if (typeof conditions.text === 'string') return base + (/["+-]|\bor\b/i.test(conditions.text) ? 300 : 100)
  return base + (Object.keys(conditions).length > 0 ? 20 : 0)
}

/** The arguments of a list of papers at the root. */
export interface PapersArguments {
  readonly filter: CanonicalFilter
  readonly order: PaperOrder
  /** For TRENDING; absent for now. */
  readonly asOf?: Date | null | undefined
  /** For ARRIVAL: the number of the log after which; absent for all. */
  readonly since?: number | undefined
}

/** A list of papers at the root. */
export async function rootPapers(
  given: PapersArguments,
  args: PagingArgs,
  { db }: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<PaperFields>> {
  const { filter, order } = given
  const scope = scopeOfPapers(given)
  const request = pageRequest(args, scope)
  if (order === 'RELEVANCE' && filter.text === undefined && filter.arxivIds === undefined)
    throw new BadInputError(
      'order: RELEVANCE requires `filter.text`; pass the words to search for, or choose another order.',
      ['order'],
    )
  const moment = order === 'TRENDING' ? await momentOf(db, args, given, scope) : undefined
  const query = { filter, order, moment, since: given.since }
  const wanted = paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
  const page = await pageOfPapers(db, query, readsPage(info) ? request : undefined, wanted)
  if (!page.searchable) throw unsearchable()
  return toConnection(
    page,
    request,
    scope,
    () => page.count(countedAtMost),
    (row) => (moment ? rankedAt(row, moment) : row),
  )
}

function scopeOfPapers({ filter, order, asOf }: PapersArguments): CursorScope {
  return {
    order: { ...paperOrders, ...computedOrders }[order],
    scope: scopeOf(order === 'TRENDING' && asOf ? [filter, asOf] : filter),
  }
}

/** The moment of a trending list: the one asked for, or the one of the page before, or now. */
async function momentOf(
  db: Db,
  { after, before }: PagingArgs,
  { asOf }: PapersArguments,
  scope: CursorScope,
): Promise<TrendMoment> {
  if (asOf) {
    requireNear(asOf, 'asOf')
    return momentAt(asOf)
  }
  const cursor = after ?? before
  const now = new Date()
  const [moment] = cursor == null ? [] : decodeCursor(cursor, scope, after == null ? 'before' : 'after')
  return moment === undefined ? currentMoment(db, now) : momentOfPage(new Date(moment), now)
}
