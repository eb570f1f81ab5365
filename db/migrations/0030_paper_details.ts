import { type Kysely, sql } from 'kysely'

/**
 * What only the call for a single paper gives (linked models, datasets and Spaces, comments), apart from `paper`: it is
 * read by itself, at another time, and most papers do without. And the votes that other sites count.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table paper_detail (
     paper_id bigint primary key references paper on delete cascade,
     read_at timestamptz(3) not null,
     models jsonb,
     model_count integer,
     datasets jsonb,
     dataset_count integer,
     spaces jsonb,
     space_count integer,
     comments jsonb
   )`,
  `create table paper_vote (
     paper_id bigint not null references paper on delete cascade,
     site text not null,
     votes integer not null,
     observed_at timestamptz(3) not null,
     primary key (paper_id, site)
   )`,
]
