import { type RawBuilder, sql } from 'kysely'
import { computedOrders } from './lists/orders.ts'
import type { Keys, List, PageRequest } from './lists/page.ts'
import { oneOfPapers, type PaperColumn, selectPaper } from './papers.ts'
import { type CanonicalFilter, filterConditions } from './search/filter.ts'
import { newestMatches } from './search/matches.ts'
import type { PaperRow } from './tables.ts'

type Sql = RawBuilder<unknown>

/** The papers of a filter are put in order all at once up to this many; those of more are found along the log. */
export const arrivalsAtOnce = 10_000

/** Added to the id of a paper whose events have all been pruned: it comes after all others, the newest first. */
const beforeTheLog = -(2 ** 48)

/** The columns that each criterion looks at, as `updated` events name them. */
const columnsOf: Readonly<Partial<Record<keyof CanonicalFilter, readonly (keyof PaperRow)[]>>> = {
  arxivIds: ['arxiv_id'],
  text: ['title', 'abstract', 'author_names', 'keywords'],
  authors: ['author_names'],
  organizations: ['organization_name'],
  organizationWords: ['organization_name'],
  excludedOrganizationWords: ['organization_name'],
  keywords: ['keyword_keys'],
  submitters: ['submitter_names'],
  categories: ['categories'],
  publishedFrom: ['published_at'],
  publishedTo: ['published_at'],
  notPublishedIn: ['published_at'],
  hasCode: ['github_repo'],
  hasProjectPage: ['project_page'],
  hasMedia: ['media_urls'],
  withdrawn: ['withdrawn_at'],
}

/**
 * The papers of a filter by their arrival, the last first: by the number of the newest event that stored the paper or
 * changed what the filter looks at. So one that comes to match long after it was stored is on top then, and no later
 * count of votes moves it. None is left out: the papers of a filter that has few are all put in order, and for another
 * the log is walked from the page's place until the page is full.
 *
 * @param since only papers that arrived after this number of the log.
 * @param few all papers of the filter, where they are known.
 * @param page which part of the list is read; undefined for all of it.
 */
export function listByArrival(
  filter: CanonicalFilter,
  { since, few, page }: Arrivals,
  wanted?: ReadonlySet<PaperColumn>,
): List {
  return {
    select: selectPaper(wanted),
    from: sql`(${few ? knownArrivals(filter, few) : arrivals(filter, since, page)}) a join paper p on p.id = a.id`,
    where: since === undefined ? [] : [sql`a.arrival > ${since}::bigint`],
    order: computedOrders.ARRIVAL,
  }
}

interface Arrivals {
  readonly since?: number | undefined
  readonly few?: readonly number[] | undefined
  readonly page?: PageRequest | undefined
}

function knownArrivals(filter: CanonicalFilter, ids: readonly number[]): Sql {
  return sql`select p.id, ${placeOf(filter)} as arrival from paper p where ${oneOfPapers(ids)}`
}

/** The newest event by which the paper `p` arrived; null if the log has none any more. */
function newestArrival(filter: CanonicalFilter): Sql {
  return sql`(select max(e.number) from feed_event e where e.paper_id = p.id and ${isArrival(filter)})`
}

/** The number under which the paper `p` stands in the list. */
function placeOf(filter: CanonicalFilter): Sql {
  return sql`coalesce(${newestArrival(filter)}, p.id + ${sql.lit(beforeTheLog)})`
}

/** Rows `(id, arrival)`, among them all of the page. */
function arrivals(filter: CanonicalFilter, since: number | undefined, page: Arrivals['page']): Sql {
  const isWalked = since !== undefined || Object.keys(filter).length === 0 || filter.text !== undefined
  if (isWalked) return walk(filter, since, page)
  const isMany = sql`(select count(*) = ${sql.lit(arrivalsAtOnce)} from newest)`
  return sql`
    with newest as materialized (${newestMatches(filter, arrivalsAtOnce)})
    select p.id, ${placeOf(filter)} as arrival from newest p where not ${isMany}
    union all (select * from (${walk(filter, since, page)}) walked where ${isMany})`
}

/**
 * The same along the log. Papers of which it has no event any more come last; where one part of the list fills the page,
 * Postgres does not begin with the other.
 */
function walk(filter: CanonicalFilter, since: number | undefined, page: Arrivals['page']): Sql {
  const ofLog = part(filter, page, {
    from: sql`feed_event e join paper p on p.id = e.paper_id`,
    key: { sql: 'e.number', arrivesAt: 0 },
    where: [
      isArrival(filter),
      sql`e.number = ${newestArrival(filter)}`,
      ...(since === undefined ? [] : [sql`e.number > ${since}::bigint`]),
    ],
  })
  if (since !== undefined) return ofLog
  const ofPruned = part(filter, page, {
    from: sql`paper p`,
    key: { sql: 'p.id', arrivesAt: beforeTheLog },
    where: [sql`(select pruned > 0 from feed)`, sql`${newestArrival(filter)} is null`],
  })
  const [first, second] = page?.backwards ? [ofPruned, ofLog] : [ofLog, ofPruned]
  const isFull = page ? sql`(select count(*) > ${page.limit} from first_part)` : sql`false`
  return sql`
    with first_part as materialized (${first})
    select * from first_part union all (select * from (${second}) second_part where not ${isFull})`
}

interface Part {
  readonly from: Sql
  /** What the part is ordered by, and what is added to it in the list. */
  readonly key: { readonly sql: string; readonly arrivesAt: number }
  readonly where: readonly Sql[]
}

/** As many papers of a part of the list as the page and one more have, from the page's place on. */
function part(filter: CanonicalFilter, page: Arrivals['page'], { from, key, where }: Part): Sql {
  const name = sql.raw(key.sql)
  const beside = (keys: Keys | undefined, sign: '<' | '>') =>
    keys ? [sql`${name} ${sql.raw(sign)} ${Number(keys[0]) - key.arrivesAt}::bigint`] : []
  const all = [
    ...where,
    ...beside(page?.after, '<'),
    ...beside(page?.before, '>'),
    ...filterConditions(filter),
  ]
  return sql`
    select p.id, ${name} + ${sql.lit(key.arrivesAt)} as arrival from ${from} where ${sql.join(all, sql` and `)}
    order by ${name} ${sql.raw(page?.backwards ? 'asc' : 'desc')} ${page ? sql`limit ${page.limit + 1}` : sql``}`
}

/** Whether the event `e` may have made its paper one that the filter lets through. */
function isArrival(filter: CanonicalFilter): Sql {
  const names = Object.keys(filter) as (keyof CanonicalFilter)[]
  const columns = [...new Set(names.flatMap((name) => columnsOf[name] ?? []))]
  const isListed = names.some((name) => ['editionFrom', 'editionTo', 'submitters'].includes(name))
  const conditions = [sql`e.kind = 'ingested'`]
  if (isListed) conditions.push(sql`e.kind = 'listed'`)
  if (filter.withdrawn !== undefined) conditions.push(sql`e.kind = 'withdrawn'`)
  if (columns.length > 0)
    conditions.push(sql`(e.kind = 'updated' and e.data->'changed' ?| ${columns}::text[])`)
  if (filter.minUpvotes !== undefined) {
    const votes = (when: 'before' | 'after') =>
      sql`(e.data->'changed'->'upvotes'->>${sql.lit(when)})::integer`
    conditions.push(
      sql`(e.kind = 'updated' and ${votes('before')} < ${filter.minUpvotes} and ${votes('after')} >= ${filter.minUpvotes})`,
    )
  }
  return sql`(${sql.join(conditions, sql` or `)})`
}
