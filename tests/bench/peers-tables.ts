import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

/** Authors of one paper in the tables below, as many as a page of ours has: a few papers have hundreds. */
const authorsAtMost = 20

/**
 * The same papers in the tables that a project with another server would have: papers, authors and the links between
 * them, in a schema of their own, with the indexes that the questions need. Does nothing if they are there.
 */
export async function createPeerTables(db: Db): Promise<void> {
  const { rows } =
    await sql`select to_regclass('peers.paper') as found where to_regclass('peers.paper') is not null`.execute(
      db,
    )
  if (rows.length > 0) return
  await db.transaction().execute(async (trx) => {
    for (const statement of statements) await sql.raw(statement).execute(trx)
  })
  await sql`vacuum (analyze, freeze) peers.paper, peers.author, peers.paper_author`.execute(db)
}

const statements = [
  'create schema peers',
  `create table peers.paper (
    id integer primary key, arxiv_id text unique, title text not null, abstract text,
    published_at timestamptz not null, upvotes integer not null,
    search tsvector generated always as (
      setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', coalesce(abstract, '')), 'B')) stored)`,
  `create table peers.author (id integer generated always as identity primary key, name text not null unique)`,
  `create table peers.paper_author (
    paper_id integer not null references peers.paper, position integer not null,
    author_id integer not null references peers.author, primary key (paper_id, position))`,
  `insert into peers.paper select id, arxiv_id, title, abstract, published_at, upvotes from paper`,
  'insert into peers.author (name) select name from author order by name',
  `insert into peers.paper_author
    select paper_id, position, a.id from paper_author pa join peers.author a on a.name = pa.author_name
    where position <= ${authorsAtMost}`,
  'create index on peers.paper (published_at desc, id desc)',
  'create index on peers.paper using gin (search)',
  'create index on peers.paper_author (author_id)',
  `create function peers.search_papers(words text) returns setof peers.paper language sql stable as $$
    select p.* from peers.paper p, websearch_to_tsquery('english', words) query
    where search @@ query order by ts_rank(search, query) desc, id desc $$`,
  "comment on column peers.paper.search is E'@behavior -*'",
]
