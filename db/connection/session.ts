import type pg from 'pg'
import type { ServerState } from './hosts.ts'

export interface SessionOptions {
  /** The longest time that one statement may take; 0 for no limit. */
  readonly statementTimeoutMs: number
  /** Whether the session is this client's own until it ends, even behind a pooler. Default false. */
  readonly held?: boolean
}

/** A session after it was opened. */
export interface OpenedSession extends ServerState {
  /**
   * Whether a pooler is in between, so that the next transaction may meet another session of Postgres. Nothing may
   * be left in any of them then: `settings` are to be set with `set local` in each transaction.
   */
  readonly pooled: boolean
  /** Names and values in SQL. */
  readonly settings: readonly (readonly [name: string, value: string])[]
}

/** What answers depend on, and databases, roles and Postgres' own files may set otherwise. */
const settings = [
  ['client_encoding', "'UTF8'"],
  ['datestyle', "'ISO, MDY'"],
  ['intervalstyle', "'postgres'"],
  ['timezone', "'UTC'"],
  ['standard_conforming_strings', 'on'],
  ['extra_float_digits', '1'],
  ['array_nulls', 'on'],
  ['transform_null_equals', 'off'],
  ['gin_fuzzy_search_limit', '0'],
  ['default_transaction_isolation', "'read committed'"],
  ['default_transaction_deferrable', 'off'],
] as const

/** How long the server may take to answer to the first statements. */
const openTimeoutMs = 10_000

/**
 * Sets what our statements rely on. Not as parameters of the connection's start: poolers refuse or drop those.
 */
export async function openSession(
  client: pg.ClientBase,
  { statementTimeoutMs, held = false }: SessionOptions,
): Promise<OpenedSession> {
  // The limit that the role has by default may be too short for a question about the whole database.
  const patient = `begin; set local statement_timeout to ${openTimeoutMs}; ${stateOfServer}; commit`
  const rows = rowsOf<ServerState & { pid: number; path: string | null }>(await client.query(timed(patient)))
  const [state] = rows
  if (!state) throw new Error('Postgres says nothing of itself.')
  const { pid, path, standby, readOnly } = state
  const all = [
    ...settings,
    ['statement_timeout', String(statementTimeoutMs)] as const,
    ...(path === null ? [] : [['search_path', path] as const]),
  ]
  // A pooler gives its clients a process id of its own making.
  const pooled = !held && 'processID' in client && client.processID !== pid
  if (!pooled) await client.query(timed(all.map(([name, value]) => `set ${name} to ${value}`).join('; ')))
  return { standby, readOnly, pooled, settings: all }
}

/** Whether the server of a session has become a standby, or another kind of server than it was. */
export const stateNow = `
  select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as "readOnly"`

/** The driver gives a list where a text has several statements. */
function rowsOf<Row>(results: unknown): readonly Row[] {
  const list = Array.isArray(results) ? (results as pg.QueryResult[]) : []
  return list.flatMap(({ rows }) => rows as Row[])
}

function timed(text: string): pg.QueryConfig & { query_timeout: number } {
  return { text, query_timeout: openTimeoutMs }
}

/**
 * The search path begins with the schema that has our tables, whatever the role's own path is, goes on with that
 * path, and ends with the schemas of the extensions, which some hosts keep in one of their own.
 */
const stateOfServer = `
  select pg_backend_pid() as pid, pg_is_in_recovery() as standby,
    current_setting('transaction_read_only') = 'on' as "readOnly",
    (select string_agg(quote_ident(name), ', ' order by rank)
     from (
       select name, min(rank) as rank
       from (
         (select n.nspname::text as name, 0 as rank
          from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          where c.relname = 'feed_event' and c.relkind = 'r'
            and (n.nspname = any (current_schemas(false)) or n.nspname = 'public')
          order by array_position(current_schemas(false), n.nspname) nulls last
          limit 1)
         union all
         select name::text, rank from unnest(current_schemas(false)) with ordinality as own (name, rank)
         union all
         select 'public', 1000 where current_schemas(false) = '{}'
         union all
         select n.nspname::text, 2000
         from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
         where e.extname in ('unaccent', 'pg_trgm')
       ) as each
       group by name
     ) as path) as path`
