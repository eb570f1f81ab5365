import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { paperTerms, tokensVersion } from '../../db/tokens/document.ts'
import { storeRelatedTerms } from '../../db/writer/related-terms.ts'
import { createWorld, generateRows, type PaperJson, type World } from './generate-papers.ts'

/** Making them must take less time than a connection may take to open: on a busy machine, some seconds. */
const rowsAtOnce = 1_000
/** Papers in which the rarity of terms is counted. */
const rowsCounted = 5_000
/** Two make use of two cores; each paper depends on its key alone, so that they cannot disturb each other. */
const connections = 2

export interface GenerateOptions {
  /** The day of the newest edition, `YYYY-MM-DD`. Default today. */
  readonly until?: string
  readonly progress?: (done: number) => void
}

/**
 * Fills an empty, migrated database with papers that are spread like real ones: words, names, keywords and votes by
 * power laws, a consortium now and then, editions of 20 to 60 papers up to `until`. The editions of a million papers
 * go back some 68 years. The same amount and day give the same papers. Indexes are dropped meanwhile and made again,
 * triggers and foreign keys do not run: needs a superuser and a pool of two.
 */
export async function generatePapers(
  db: Db,
  amount: number,
  { until = new Date().toISOString().slice(0, 10), progress = () => {} }: GenerateOptions = {},
): Promise<void> {
  const capture = new URL('../../seeds/daily-papers-sparsity.txt', import.meta.url)
  const world = createWorld(amount, await readFile(capture, 'utf8'), until)
  const indexes = await dropIndexes(db)
  await asLoader(db, (one) => insertNames(one, world))
  let next = 1
  let done = 0
  const loadSome = async (one: Db) => {
    const from = next
    next += rowsAtOnce
    const rows = generateRows(world, from, Math.min(amount, next - 1))
    await insertPapers(one, rows)
    done += rows.length
    progress(done)
  }
  const load = async (one: Db) => {
    while (next <= amount) await loadSome(one)
  }
  await asLoader(db, async (one) => {
    while (next <= Math.min(amount, rowsCounted)) await loadSome(one)
    // How rare terms are is known from the first papers, and is not counted by two at once.
    await sql`update term_census set up_to = ${amount}`.execute(one)
  })
  await Promise.all(Array.from({ length: connections }, () => asLoader(db, load)))
  await asLoader(db, (one) => insertTheRest(one, world))
  // Half each: the two largest, both over the text of papers, come first in the list and go to different ones.
  await Promise.all(
    Array.from({ length: connections }, (_, part) =>
      asLoader(db, async (one) => {
        for (let index = part; index < indexes.length; index += connections)
          await sql.raw(indexes[index] ?? '').execute(one)
      }),
    ),
  )
  await asLoader(db, (one) => sql`vacuum (analyze, freeze)`.execute(one))
}

/** A connection without time limit, foreign keys and triggers. */
async function asLoader(db: Db, use: (connection: Db) => Promise<unknown>): Promise<void> {
  await db.connection().execute(async (connection) => {
    await sql`set session_replication_role = replica`.execute(connection)
    await sql`set statement_timeout = 0`.execute(connection)
    try {
      await use(connection)
    } finally {
      await sql`reset session_replication_role`.execute(connection)
      await sql`reset statement_timeout`.execute(connection)
    }
  })
}

async function insertNames(db: Db, world: World): Promise<void> {
  const { authors, keywords, organizations, accounts, editions } = world
  await sql`insert into author select unnest(${authors}::text[])`.execute(db)
  await sql`insert into keyword select unnest(${keywords}::text[])`.execute(db)
  await sql`insert into organization (name, full_name, observed_at)
    select name, initcap(name), '2026-01-01' from unnest(${organizations}::text[]) name on conflict do nothing`.execute(
    db,
  )
  await sql`insert into account (name, full_name, observed_at)
    select name, initcap(name), '2026-01-01' from unnest(${accounts}::text[]) name on conflict do nothing`.execute(
    db,
  )
  // One day more, for the papers that the last edition passes on.
  const dates = editions.map(({ date }) => date)
  await sql`insert into edition select unnest(${dates}::date[])
    union select max(date) + 1 from unnest(${dates}::date[]) date`.execute(db)
}

async function insertPapers(db: Db, rows: readonly PaperJson[]): Promise<void> {
  const columns = sql.raw(['search', 'ranked_words', ...Object.keys(rows[0] ?? {})].join(', '))
  const terms = rows.map((row) => paperTerms(row))
  const searchable = JSON.stringify(
    rows.map((row, index) => ({
      ...row,
      search: terms[index]?.search,
      ranked_words: terms[index]?.rankedWords,
    })),
  )
  await sql`insert into paper (${columns})
    select ${columns} from json_populate_recordset(null::paper, ${searchable}::json)`.execute(db)
  const about = terms.map(({ mentions }, index) => ({ id: rows[index]?.id ?? 0, isNew: true, mentions }))
  await db.transaction().execute((trx) => storeRelatedTerms(trx, about))
  const those = sql`id between ${rows[0]?.id} and ${rows.at(-1)?.id}`
  await sql`insert into paper_author (paper_id, position, author_name)
    select id, position, name from paper, unnest(author_names) with ordinality a (name, position) where ${those}`.execute(
    db,
  )
  await sql`insert into paper_keyword select id, unnest(keyword_keys) from paper where ${those}`.execute(db)
  await sql`insert into listing (edition_date, paper_id, submitter_name, submitted_at, observed_at, first_observed_at, recorded_at)
    select day, id, submitter_names[1], ingested_at, ingested_at, ingested_at, ingested_at from paper, unnest(listed_on) as day where ${those}`.execute(
    db,
  )
}

/** What follows from the papers: observations (most of the newest papers), words of titles and names, the feed. */
async function insertTheRest(db: Db, { amount, words, coined, editions }: World): Promise<void> {
  const recent = editions.at(-60)?.date ?? editions[0]?.date
  // Each observation has a share of the votes that grows as 1 - 0.8^n.
  await sql`insert into paper_history (paper_id, observed_at, upvotes, comment_count, github_stars)
    select id, ingested_at + n * interval '7 hours', case when n = points then upvotes else floor(upvotes * (1 - 0.8 ^ n)) end,
      comment_count, github_stars
    from (select *, case when first_listed_on >= ${recent}::date then 30 else 2 end as points from paper) p,
      generate_series(1, points) n`.execute(db)
  const printed = words.filter((word) => word.length >= 4)
  await sql`insert into word select unnest(${[...new Set([...printed, ...coined])]}::text[])`.execute(db)
  await sql`insert into name_word
    select distinct part from author, regexp_split_to_table(folded(name), '[^[:alpha:]]+') as part
    where length(part) between 4 and 40 on conflict do nothing`.execute(db)
  await sql`insert into feed_event (number, kind, paper_id, edition_date, source, recorded_at, data)
    select 2 * id - 1 + n, (array['ingested', 'listed'])[n + 1], id, case n when 1 then first_listed_on end, 'huggingface', ingested_at,
      case n when 0 then jsonb_build_object('paper', jsonb_build_object('arxiv_id', arxiv_id, 'title', title, 'upvotes', 0))
        else jsonb_build_object('submitter', submitter_names[1], 'submittedAt', null) end
    from paper, generate_series(0, 1) n`.execute(db)
  await sql`update feed set head = ${2 * amount}`.execute(db)
  // The terms are made: no server makes them anew while something is measured.
  await sql`update search_build set version = ${tokensVersion}, built_to = null`.execute(db)
  await sql`update acronym_build set built_to = null`.execute(db)
  await sql`select setval(pg_get_serial_sequence('paper', 'id'), ${amount})`.execute(db)
}

/** Drops every index that no constraint needs; returns what makes them again, those of many keys a row first. */
async function dropIndexes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string; definition: string }>`
    select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and not i.indisunique
    order by pg_get_indexdef(i.indexrelid) like '% USING gin (%' desc, name desc`.execute(db)
  for (const { name } of rows) await sql`drop index ${sql.ref(name)}`.execute(db)
  return rows.map(({ definition }) => definition)
}
