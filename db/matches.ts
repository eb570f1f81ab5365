import { type RawBuilder, sql } from 'kysely'
import type { Db } from './database.ts'
import { type CanonicalFilter, filterConditions } from './filter.ts'

type Sql = RawBuilder<unknown>

/** What the index `paper_search` intersects while it reads, and what most papers fulfil. */
const suited = new Set<string>([
  'text',
  'authors',
  'keywords',
  'submitters',
  'categories',
  'hasCode',
  'hasProjectPage',
  'hasMedia',
])

/**
 * The ids of the newest papers of a filter with a text, `most` at most, as SQL. A word may be in half of all papers,
 * and an index of words knows no dates: so time is searched period by period, the months of the last two years and
 * then year by year, until there are enough. That looks at no more than `most` matches and those of one period,
 * whatever the words are; a word that is nowhere costs one look into the index for each period.
 */
export function newestMatches(filter: CanonicalFilter, most: number): Sql {
  const conditions = sql.join(filterConditions(filter), sql` and `)
  // An id, a few days, many upvotes: these have indexes that lead to few papers, and Postgres finds which.
  if (!Object.keys(filter).every((name) => suited.has(name)))
    return sql`select p.id from paper p where ${conditions}
      order by p.published_at desc, p.id desc limit ${sql.lit(most)}`
  return sql`
    with recursive span as materialized (
      select extract(year from min(published_at) at time zone 'UTC')::integer as first,
        extract(year from max(published_at) at time zone 'UTC')::integer as last from paper),
    periods as materialized (
      select row_number() over (order by since desc) as place, period from (
        select year * 100 + month as period, year * 100 + month as since
        from span, generate_series(last - 1, last) year, generate_series(1, 12) month
        union all
        select year, year * 100 from span, generate_series(first, last - 2) year) periods),
    found as (
      select 0::bigint as place, '{}'::bigint[] as ids, 0 as total
      union all
      select periods.place, more.ids, found.total + cardinality(more.ids)
      from found join periods on periods.place = found.place + 1
      cross join lateral (
        select coalesce(array_agg(newest.id), '{}') as ids from (
          select matching.id from (
            select p.id, p.published_at from paper p
            where ${conditions} and publication_periods(p.published_at) @> array[periods.period] offset 0) matching
          order by matching.published_at desc, matching.id desc limit ${sql.lit(most)} - found.total) newest) more
      where found.total < ${sql.lit(most)})
    select unnest(found.ids) as id from found`
}

/** How many papers a filter with a text finds; `most` where there are at least so many. */
export async function countMatches(db: Db, filter: CanonicalFilter, most: number): Promise<number> {
  const { rows } = await sql<{ amount: number }>`
    select count(*)::integer as amount from (${newestMatches(filter, most)}) matches`.execute(db)
  return rows[0]?.amount ?? 0
}
