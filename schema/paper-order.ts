import type { GraphQLResolveInfo } from 'graphql'
import type { Db } from '../db/database.ts'
import { computedOrders, type PaperListOrder, type PaperOrder, paperOrders } from '../db/lists/orders.ts'
import { countList, type List, readListPage } from '../db/lists/page.ts'
import { listOfPapers, oneOfPapers, type PaperColumn, type PaperFields } from '../db/papers.ts'
import { type CanonicalFilter, filterConditions } from '../db/search/filter.ts'
import { countMatches, fewMatches } from '../db/search/matches.ts'
import { listByRelevance, rankedAtMost } from '../db/search/search.ts'
import { halfLifeHours, listOfTrending, trendingDays } from '../db/trending.ts'
import { builder } from './core/builder.ts'
import { type Connection, type PagingArgs, pageRequest, toConnection } from './core/connection.ts'
import type { Context } from './core/context.ts'
import { type CursorScope, decodeCursor, scopeOf } from './core/cursor.ts'
import { BadInputError } from './core/errors.ts'
import { requireNear } from './core/inputs.ts'
import { countedAtMost } from './core/paging.ts'
import { paperColumnsBelow, readsPage } from './core/plan.ts'
import { requireSearchable } from './filter.ts'

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

export interface PapersQuery {
  readonly filter: CanonicalFilter
  readonly order: PaperOrder
  /** For TRENDING; absent for now. */
  readonly asOf?: Date | null | undefined
}

/** A list of papers at the root: one statement for the page, one more for a text, one for `totalCount` of what is many. */
export async function rootPapers(
  query: PapersQuery,
  args: PagingArgs,
  { db }: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<PaperFields>> {
  const scope = scopeOfPapers(query)
  const request = pageRequest(args, scope)
  const wanted = paperColumnsBelow(info, ['nodes'], ['edges', 'node'])
  const few = query.order in paperOrders ? await fewMatches(db, query.filter) : undefined
  const list = few
    ? listOfPapers([oneOfPapers(few)], scope.order, wanted)
    : listOf(query, momentOf(args, query, scope), wanted)
  const page = readsPage(info)
    ? await readListPage<PaperFields>(db, list, request)
    : { rows: [], more: false }
  // Only what finds nothing can be a text without words, so that only then there is a second statement.
  if (page.rows.length === 0) await requireSearchable(db, query.filter)
  return toConnection(
    page,
    request,
    scope,
    async () => few?.length ?? countOf(query, list, db),
    (row) => row,
  )
}

export function scopeOfPapers({ filter, order, asOf }: PapersQuery): CursorScope {
  const found =
    order in paperOrders
      ? paperOrders[order as keyof typeof paperOrders]
      : computedOrders[order as keyof typeof computedOrders]
  return { order: found, scope: scopeOf(order === 'TRENDING' && asOf ? [filter, asOf] : filter) }
}

/** The moment of a trending list: the one asked for, or the one of the page before, or now. */
function momentOf({ after, before }: PagingArgs, { order, asOf }: PapersQuery, scope: CursorScope): Date {
  if (asOf) {
    requireNear(asOf, 'asOf')
    return asOf
  }
  const cursor = order === 'TRENDING' ? (after ?? before) : undefined
  const [moment] = cursor == null ? [] : decodeCursor(cursor, scope, after == null ? 'before' : 'after')
  return moment === undefined ? new Date() : new Date(moment)
}

function listOf(
  { filter, order }: PapersQuery,
  moment: Date,
  wanted: ReadonlySet<PaperColumn> | undefined,
): List {
  if (order === 'TRENDING') return listOfTrending(moment, filterConditions(filter), wanted)
  if (order !== 'RELEVANCE') return listOfPapers(filterConditions(filter), paperOrders[order], wanted)
  if (filter.text === undefined && filter.arxivId === undefined)
    throw new BadInputError(
      'order: RELEVANCE is for searches; pass `filter.text` with the words to search for, or another order.',
      ['order'],
    )
  return listByRelevance(filter, wanted)
}

/** Ranking looks at part of what is found; the count is of all that is found. */
function countOf({ filter, order }: PapersQuery, list: List, db: Db): Promise<number> {
  return order === 'TRENDING' ? countList(db, list, countedAtMost) : countMatches(db, filter, countedAtMost)
}
