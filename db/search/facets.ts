import { type RawBuilder, sql } from 'kysely'
import { type CanonicalFilter, hasWordsOfOneOf } from './filter.ts'

type Sql = RawBuilder<unknown>
type Value = CanonicalFilter[keyof CanonicalFilter]

/**
 * What a paper has or is, in the words of the function `paper_facets`: `2026` and `202606` for its publication,
 * `10 upvotes` for at least ten, `code` or `no code`, `by nvidia`. The index `paper_search` holds them, and so
 * intersects a filter's criteria with each other and with a period.
 */
const facets = sql.raw(
  'paper_facets(p.published_at, p.upvotes, p.github_repo, p.project_page, p.media_urls, p.organization_name)',
)

/** The numbers of upvotes that are facets, as the function `paper_facets` has them: a test compares the two. */
export const voteFacets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]

/**
 * A facet that papers have. Each is a condition of its own: of several in one array the index would go through all
 * papers with the rarest, of several conditions it leaps from where one is to where the next one is.
 */
export function hasFacet(facet: Sql): Sql {
  return sql`${facets} @> array[${facet}]`
}

/**
 * What the index finds of a filter's criteria by facets and by periods of editions. Days and votes it knows in steps
 * alone: papers that are found have to be checked for those.
 */
export function facetConditions(filter: CanonicalFilter): Sql[] {
  const { minUpvotes, hasCode, hasProjectPage, hasMedia, organizations, organizationWords } = filter
  const { editionFrom, editionTo } = filter
  const votes = voteFacets.findLast((least) => typeof minUpvotes === 'number' && least <= minUpvotes)
  const either = (has: Value, facet: string) => (has === undefined ? [] : [has ? facet : `no ${facet}`])
  const wanted = [
    ...(votes === undefined ? [] : [`${votes} upvotes`]),
    ...either(hasCode, 'code'),
    ...either(hasProjectPage, 'project page'),
    ...either(hasMedia, 'media'),
  ]
  return [
    ...wanted.map((facet) => hasFacet(sql`${facet}::text`)),
    ...(Array.isArray(organizations)
      ? [sql`${facets} && ${organizations.map((name) => `by ${name}`)}::text[]`]
      : []),
    ...(Array.isArray(organizationWords)
      ? [
          sql`${facets} && array(
            select 'by ' || o.name from organization o where ${hasWordsOfOneOf(sql`${organizationWords}::text[]`)})`,
        ]
      : []),
    ...(editionFrom === undefined && editionTo === undefined
      ? []
      : [sql`edition_periods(p.listed_on) && ${periodsBetween(editionFrom, editionTo)}`]),
  ]
}

/**
 * The years from a day to a day that have editions, and the months of those years that are not whole, as words: from
 * 2025-11-01 to 2026-12-31 they are `202511`, `202512` and `2026`.
 */
function periodsBetween(from: Value, to: Value): Sql {
  return sql`array(
    select distinct case when date_trunc('year', month) >= first and date_trunc('year', month) + interval '1 year' <= last + 1
      then extract(year from month) else extract(year from month) * 100 + extract(month from month) end::integer::text
    from (select greatest(${from ?? null}::date, min(date)) as first, least(${to ?? null}::date, max(date)) as last
      from edition) editions,
    generate_series(date_trunc('month', first::timestamp), last, interval '1 month') as month)`
}
