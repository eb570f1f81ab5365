import { type Kysely, sql } from 'kysely'

/**
 * One index for all that papers are searched by. A GIN index of several columns intersects what is asked of them
 * while it reads, whichever they are: the matches of one month are found without looking at the others, so that
 * a search goes through time, newest first, until it has enough (db/search/matches.ts).
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // The year and the month of publication as numbers: {2026, 202606}.
  `create function publication_periods(at timestamptz) returns integer[] language sql immutable parallel safe strict
     return array[extract(year from at at time zone 'UTC')::integer,
       (extract(year from at at time zone 'UTC') * 100 + extract(month from at at time zone 'UTC'))::integer]`,
  `drop index paper_search, paper_by_author, paper_by_keyword, paper_by_submitter, paper_by_category`,
  `create index paper_search on paper using gin
     (search, author_names, keyword_keys, submitter_names, categories, publication_periods(published_at))`,
  // Names and accounts with the keys of their papers: counts and the papers stored last come from the index alone.
  `drop index paper_author_by_name, paper_author_by_account`,
  `create index paper_author_by_name on paper_author (author_name, paper_id)`,
  `create index paper_author_by_account on paper_author (account_name, paper_id) where account_name is not null`,
  // Without it Postgres takes any span of days for a hundredth of all papers.
  `create statistics paper_listing_span on (daterange(first_listed_on, last_listed_on, '[]')) from paper`,
  // Few are, and a list of them must not look at all the others.
  `create index paper_withdrawn on paper (published_at desc, id desc) where withdrawn_at is not null`,
]
