import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { preparedMark } from '../lists/page.ts'
import type { CanonicalFilter } from './filter.ts'
import { hasOnePlan, newestMatches } from './matches.ts'
import { rankedAtMost } from './relevance.ts'

/** A value that papers have in common, and the number of papers that have it. */
export interface Facet {
  value: string
  papers: number
}

export type FacetKind = 'keywords' | 'organizations' | 'years'

const facetValues: Record<FacetKind, RawBuilder<unknown>> = {
  keywords: sql`unnest(p.keyword_keys)`,
  organizations: sql`p.organization_name`,
  years: sql`extract(year from p.published_on)::integer::text`,
}

/** Papers to count facets of: a filter, with the ids of its newest `rankedAtMost` papers where they are known. */
export interface Matches {
  readonly filter: CanonicalFilter
  readonly ids?: readonly number[] | undefined
}

/** What the papers of a filter have most often in common, counted over the newest `rankedAtMost` of them. */
export async function facetsOf(
  db: Db,
  { filter, ids }: Matches,
  kind: FacetKind,
  limit: number,
): Promise<Facet[]> {
  // As an array, of which Postgres fetches the papers by key, whatever it expects the search to find.
  const matching = ids ? sql`${ids}::bigint[]` : sql`array(${newestMatches(filter, rankedAtMost)})`
  const { rows } = await sql<Facet>`
    ${preparedMark({ prepared: ids !== undefined || hasOnePlan(filter) })}select v.value, count(*)::integer as papers from (
      select ${facetValues[kind]} as value
      from paper p where p.id = any(${matching})) v
    where v.value is not null group by v.value order by papers desc, v.value limit ${limit}`.execute(db)
  return rows
}
