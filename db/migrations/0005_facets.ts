import { type Kysely, sql } from 'kysely'

/**
 * What a paper has or is, as words, so that one index intersects all that a filter asks for: `2026` and `202606` for
 * its publication, `10 upvotes` for at least ten, `code` or `no code`, `by nvidia`; and in the same way the years and
 * months of its editions.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const votes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
const voteFacets = votes.map((least) => `'${least} upvotes'`).join(', ')

const statements = [
  // One expression, which Postgres puts in the place of the call: no function is called for each row that is written.
  `create function paper_facets(published_at timestamptz, upvotes integer, github_repo text, project_page text,
     media_urls text[], organization_name text) returns text[] language sql immutable parallel safe
     return array[
       extract(year from published_at at time zone 'UTC')::integer::text,
       (extract(year from published_at at time zone 'UTC') * 100
         + extract(month from published_at at time zone 'UTC'))::integer::text,
       case when github_repo is null then 'no code' else 'code' end,
       case when project_page is null then 'no project page' else 'project page' end,
       case when media_urls = '{}' then 'no media' else 'media' end,
       'by ' || coalesce(organization_name, '')
     ] || (array[${voteFacets}])[1:width_bucket(upvotes, array[${votes.join(', ')}])]`,
  `create function edition_periods(listed_on date[]) returns text[] language sql immutable parallel safe
     return array(
       select distinct unnest(array[extract(year from day), extract(year from day) * 100 + extract(month from day)])::integer::text
       from unnest(listed_on) as listed (day))`,
  `drop index paper_search`,
  `create index paper_search on paper using gin (search, author_names, keyword_keys, submitter_names, categories,
     paper_facets(published_at, upvotes, github_repo, project_page, media_urls, organization_name),
     edition_periods(listed_on))`,
  `drop function publication_periods`,
]
