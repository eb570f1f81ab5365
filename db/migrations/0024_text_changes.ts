import { type Kysely, sql } from 'kysely'

/**
 * When a paper's title, abstract or withdrawal last changed here, for those who show again what has changed; null
 * while none has since the paper was stored. What was stored before has it from the events that are kept.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table paper add column text_changed_at timestamptz(3)`,
  `update paper set text_changed_at = changed.at
   from (
     select paper_id, max(recorded_at) as at from feed_event
     where kind = 'withdrawn'
       or kind = 'updated' and data->'changed' ?| array['title', 'abstract', 'withdrawn_at']
     group by paper_id) changed
   where paper.id = changed.paper_id`,
]
