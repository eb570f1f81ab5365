import type { GraphQLResolveInfo } from 'graphql'
import { computedOrders, type PaperListOrder, type PaperOrder, paperOrders } from '../db/lists/orders.ts'
import { pageOfPapers } from '../db/paper-pages.ts'
import type { PaperFields } from '../db/papers.ts'
import type { CanonicalFilter } from '../db/search/filter.ts'
import { rankedAtMost } from '../db/search/search.ts'
import { halfLifeHours, trendingDays } from '../db/trending.ts'
import { builder } from './core/builder.ts'
import { type Connection, type PagingArgs, pageRequest, toConnection } from './core/connection.ts'
import type { Context } from './core/context.ts'
import { type CursorScope, decodeCursor, scopeOf } from './core/cursor.ts'
import { BadInputError } from './core/errors.ts'
import { requireNear } from './core/inputs.ts'
import { countedAtMost } from './core/paging.ts'
import { paperColumnsBelow, readsPage } from './core/plan.ts'
import { unsearchable } from './filter.ts'

const listOrders = {
  NEWEST: { description: 'By `publishedAt`.' },
  EDITION: {
    description:
      'By the last edition that lists them, then by upvotes: the site page after page. Unlisted ones last.',
  },
  UPVOTES: { description: 'By upvotes.' },
  COMMENTS: { description: 'By comments.' },
  STARS: { description: 'By stars of the repository; papers without one last.' },
} as const satisfies Record<PaperListOrder, { description: string }>

export const PaperListOrderEnum = builder.enumType('PaperListOrder', {
  description:
    'Orders of the papers of one object. All go downwards; equal ones come with the one stored last first.',
  values: listOrders,
})

export const PaperOrderEnum = builder.enumType('PaperOrder', {
  description: 'Orders of papers. All go downwards; equal ones come with the one stored last first.',
  values: {
    ...listOrders,
    TRENDING: {
      description: `By \`trending.score\` at \`asOf\`: upvotes, each of which counts half as much for every ${halfLifeHours} hours of its age. Of the papers that were published or listed in the ${trendingDays} days before, as far as they had been looked at by then.`,
    },
    RELEVANCE: {
      description: `By how well they match \`filter.text\`, which has to be given: words in the title count 1, in authors and keywords 0.4, in the abstract 0.1, put together as Postgres' \`ts_rank\` does and divided by 1 + log(length). Of the ${rankedAtMost} newest matches.`,
    },
  } as const satisfies Record<PaperOrder, { description: string }>,
})

/** The arguments of a list of papers at the root. */
export interface PapersArguments {
  readonly filter: CanonicalFilter
  readonly order: PaperOrder
  /** For TRENDING; absent for now. */
  readonly asOf?: Date | null | undefined
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
  if (order === 'RELEVANCE' && filter.text === undefined && filter.arxivId === undefined)
    throw new BadInputError(
      'order: RELEVANCE is for searches; pass `filter.text` with the words to search for, or another order.',
      ['order'],
    )
  const query = { filter, order, asOf: momentOf(args, given, scope) }
  const wanted = paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
  const page = await pageOfPapers(db, query, readsPage(info) ? request : undefined, wanted)
  if (!page.searchable) throw unsearchable()
  return toConnection(
    page,
    request,
    scope,
    () => page.count(countedAtMost),
    (row) => row,
  )
}

function scopeOfPapers({ filter, order, asOf }: PapersArguments): CursorScope {
  return {
    order: { ...paperOrders, ...computedOrders }[order],
    scope: scopeOf(order === 'TRENDING' && asOf ? [filter, asOf] : filter),
  }
}

/** The moment of a trending list: the one asked for, or the one of the page before, or now. */
function momentOf({ after, before }: PagingArgs, { order, asOf }: PapersArguments, scope: CursorScope): Date {
  if (asOf) {
    requireNear(asOf, 'asOf')
    return asOf
  }
  const cursor = order === 'TRENDING' ? (after ?? before) : undefined
  const [moment] = cursor == null ? [] : decodeCursor(cursor, scope, after == null ? 'before' : 'after')
  return moment === undefined ? new Date() : new Date(moment)
}
