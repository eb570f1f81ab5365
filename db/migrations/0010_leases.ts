import { type Kysely, sql } from 'kysely'

/**
 * Work that only one process at a time does: who has it, until when, by the clock of the database. The fencing number
 * rises with each new holder, so that a former one which wakes up can be told from the present one.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration is frozen; today's table types will not be true then.
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table lease (
    name text primary key,
    owner text not null,
    fence bigint not null,
    held_until timestamptz(3) not null
  )`.execute(db)
}
