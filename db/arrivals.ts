import { type RawBuilder, sql } from 'kysely'
import { computedOrders } from './lists/orders.ts'
import type { Keys, List, PageRequest } from './lists/page.ts'
import { oneOfPapers, type PaperColumn, selectPaper } from './papers.ts'
import { type CanonicalFilter, filterConditions } from './search/filter.ts'
import { newestMatches } from './search/matches.ts'
import type { PaperRow } from './tables.ts'

type Sql = RawBuilder<unknown>

/** Of a filter that more papers fulfil, the newest and those of as many events beside the page are put in order. */
export const arrivalsAtMost = 10_000

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
 * count of votes moves it.
 *
 * @param since only papers that arrived after this number of the log; then none of these is left out.
 * @param few all papers of the filter, where they are known.
 * @param page which part of the list is read.
 */
export function listByArrival(
  filter: CanonicalFilter,
  { since, few, page }: Arrivals,
  wanted?: ReadonlySet<PaperColumn>,
): List {
  const candidates = few
    ? sql`select p.id from paper p where ${oneOfPapers(few)}`
    : sql`${newest(filter)} union ${ofEvents(filter, eventsBeside(since, page))}`
  return {
    select: selectPaper(wanted),
    from: sql`(
      select c.id, coalesce(
        (select max(e.number) from feed_event e where e.paper_id = c.id and ${isArrival(filter)}),
        c.id + ${sql.lit(beforeTheLog)}) as arrival
      from (${candidates}) c
    ) a join paper p on p.id = a.id`,
    where: since === undefined ? [] : [sql`a.arrival > ${since}::bigint`],
    order: computedOrders.ARRIVAL,
  }
}

function newest(filter: CanonicalFilter): Sql {
  if (Object.keys(filter).length > 0) return sql`(${newestMatches(filter, arrivalsAtMost)})`
  return sql`(select p.id from paper p order by p.id desc limit ${sql.lit(arrivalsAtMost)})`
}

interface Arrivals {
  readonly since?: number | undefined
  readonly few?: readonly number[] | undefined
  readonly page?: Pick<PageRequest, 'backwards' | 'after' | 'before'> | undefined
}

/** The events among which a page of the list has its own: all after `since`, or those that come next to its place. */
function eventsBeside(since: number | undefined, page: Arrivals['page']): Sql {
  const place = (keys: Keys | undefined) => (keys ? sql`${keys[0]}::bigint` : undefined)
  const [above, below] = [place(page?.after), place(page?.before)]
  if (since !== undefined) return sql`e.number > ${since}::bigint`
  if (page?.backwards) {
    const from = below ?? sql`0`
    return sql`e.number > ${from} and e.number <= ${from} + ${sql.lit(arrivalsAtMost)}`
  }
  const to = above ?? sql`(select head from feed)`
  return sql`e.number <= ${to} and e.number > ${to} - ${sql.lit(arrivalsAtMost)}`
}

/** Papers of the filter, however old, that some events are about. */
function ofEvents(filter: CanonicalFilter, events: Sql): Sql {
  const ids = sql`array(select e.paper_id from feed_event e where ${events} and ${isArrival(filter)})`
  return sql`select p.id from paper p
    where ${sql.join([sql`p.id = any(${ids})`, ...filterConditions(filter)], sql` and `)}`
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
