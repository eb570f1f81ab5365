import { type RawBuilder, sql } from 'kysely'
import { facetConditions, hasFacet } from './facets.ts'
import { type CanonicalFilter, type Criterion, filterConditions } from './filter.ts'

type Sql = RawBuilder<unknown>

/**
 * Where a criterion is looked up: in a column of the index `paper_search`, in its facets and periods
 * (db/search/facets.ts), in the rows that it returns, or in none of these, for criteria with indexes of their own that
 * lead to few papers.
 */
const lookups: Readonly<Record<Criterion, readonly ('column' | 'facet' | 'row' | 'own index')[]>> = {
  arxivIds: ['own index'],
  text: ['column'],
  expansions: ['column'],
  authors: ['column'],
  keywords: ['column'],
  submitters: ['column'],
  categories: ['column'],
  organizations: ['facet'],
  organizationWords: ['facet'],
  excludedOrganizationWords: ['row'],
  hasCode: ['facet'],
  hasProjectPage: ['facet'],
  hasMedia: ['facet'],
  minUpvotes: ['facet', 'row'],
  editionFrom: ['facet', 'row'],
  editionTo: ['facet', 'row'],
  publishedFrom: ['row'],
  publishedTo: ['row'],
  notPublishedIn: ['row'],
  withdrawn: ['row'],
}

/** The conditions of the criteria that are looked up in a column or in rows. */
function conditionsIn(lookup: 'column' | 'row', filter: CanonicalFilter): Sql[] {
  const criteria = Object.entries(filter).filter(([name]) => lookups[name as Criterion].includes(lookup))
  return filterConditions(Object.fromEntries(criteria))
}

export interface PeriodSearch {
  /** The papers that fulfil conditions which the index knows. */
  readonly candidates: (conditions: Sql) => Sql
  /** What a candidate `p` has to fulfil besides; a candidate that does not is scanned, but no match. */
  readonly recheck?: Sql
  /** How relevant a match `p` is, from 0. Unknown unless it is told. */
  readonly relevance?: Sql | undefined
  /** The number of candidates after which the search ends. */
  readonly scanLimit: Sql
  /** The number of matches after which it ends as well; the default is that of candidates. */
  readonly matchLimit?: Sql
}

export function papersWith(condition: Sql): PeriodSearch['candidates'] {
  return (conditions) => sql`select p.* from paper p where ${condition} and ${conditions}`
}

/** How many times as long as all periods searched so far the next one may be. */
const growth = 12

/**
 * The table `matches (month, ids, relevances, scanned, found)`: the matches of one period after the other, from the
 * newest paper back, until enough candidates were scanned or enough matches found. `scanned` and `found` count those of
 * all periods so far. A month is a number, year * 12 + month - 1; that of a row is the first one of its period.
 *
 * The first period is the month of the newest paper. A later one is what is left of a year, or of all time, if so many
 * matches as were found in a month so far would not be too many for it; or else another month. A common word so takes
 * a few months, and a rare one a few looks into the index.
 */
export function matchesByPeriod(
  filter: CanonicalFilter,
  { candidates, recheck, relevance, scanLimit, matchLimit = scanLimit }: PeriodSearch,
): Sql {
  const { text: _text, publishedFrom, publishedTo, ...rest } = filter
  const indexed = [...conditionsIn('column', rest), ...facetConditions(filter)]
  const within = (...conditions: Sql[]) => candidates(sql.join([...indexed, ...conditions], sql` and `))
  const papers = sql`(${within(hasFacet(sql`next.period`), sql`next.period is not null`)}
    union all ${within(sql`next.period is null`)} offset 0) p
    where ${sql.join([sql`p.published_at < next.before`, ...conditionsIn('row', filter)], sql` and `)}`
  // What is sorted is made before, so that it is narrow.
  const judged = sql`select p.id, p.published_at${recheck ? sql`, p.is_match` : sql``}
    ${relevance ? sql`, ${relevance} as relevance` : sql``} from ${
      recheck ? sql`(select p.*, ${recheck} as is_match from ${papers} offset 0) p` : papers
    } offset 0`
  const ofMatches = (value: Sql) =>
    recheck ? sql`array_agg(${value}) filter (where p.is_match)` : sql`array_agg(${value})`
  const month = (at: Sql) => sql`(extract(year from ${at}) * 12 + extract(month from ${at}) - 1)::integer`
  return sql`
    span as materialized (
      select ${month(sql`greatest(${publishedFrom ?? null}::timestamp, min(published_at) at time zone 'UTC')`)} as first_month,
        ${month(sql`least(${publishedTo ?? null}::timestamp, max(published_at) at time zone 'UTC')`)} + 1 as end_month
      from paper),
    matches as (
      select end_month as month, '{}'::bigint[] as ids, '{}'::float8[] as relevances, 0::bigint as scanned,
        0::bigint as found from span
      union all
      select next.month, newest.ids, newest.relevances, matches.scanned + newest.scanned,
        matches.found + cardinality(newest.ids)
      from matches cross join span
      cross join lateral (
        select month - first_month as months_left, end_month - month as months_seen,
          (matches.scanned + 1)::float8 / greatest(end_month - month, 1) as per_month) seen
      cross join lateral (
        select make_date(matches.month / 12, matches.month % 12 + 1, 1)::timestamp at time zone 'UTC' as before, period.*
        from (values
          (first_month, null::text, months_left <= ${sql.lit(growth)} * months_seen and per_month * months_left <= ${scanLimit}),
          ((matches.month - 1) / 12 * 12, ((matches.month - 1) / 12)::text, months_seen > 0 and per_month * 12 <= ${scanLimit}),
          (matches.month - 1, ((matches.month - 1) / 12 * 100 + (matches.month - 1) % 12 + 1)::text, true)
        ) period (month, period, is_short) where is_short limit 1) next
      cross join lateral (
        select coalesce(${ofMatches(sql`p.id`)}, '{}') as ids,
          ${relevance ? ofMatches(sql`p.relevance`) : sql`null::float8[]`} as relevances, count(*) as scanned
        from (select p.* from (${judged}) p order by p.published_at desc, p.id desc
          limit ${scanLimit} - matches.scanned) p) newest
      where matches.scanned < ${scanLimit} and matches.found < ${matchLimit} and matches.month > first_month)`
}
