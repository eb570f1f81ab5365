import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { codeOf, messageOf } from '../error.ts'
import { damaged } from './damage.ts'
import { EmbeddedDatabaseError } from './error.ts'
import { writeOwn } from './files.ts'
import { superuser } from './initdb.ts'
import type { ServerUser } from './privileges.ts'
import type { PostgresProcess } from './server.ts'

/**
 * The role that the program works as. It owns its database and has no other rights: an SQL injection could not read
 * files or start programs, which a superuser can (`copy … program`).
 */
export const ownerRole = 'daily_papers'

/** Where to connect. */
interface Place {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly ssl: false
}

/** Who may connect: everybody while a cluster is set up (and in tests), afterwards only the role of the program. */
type Access = 'set up' | 'serve'

const rules: Record<Access, string> = {
  'set up': 'local all all trust\nlocal replication all trust\n',
  serve: `local all ${ownerRole} trust\nlocal all all reject\n`,
}

/**
 * Writes the file that says who may connect, and answers its path. Only the user of the server can reach the socket, so
 * its role needs no password. Written at every start: what a data directory had before does not count.
 */
export function writeAccess(dataDir: string, user: ServerUser, access: Access): string {
  const file = join(dataDir, 'daily_papers_hba.conf')
  writeOwn(file, `# Written at every start.\n${rules[access]}`)
  user.give(file)
  return file
}

/**
 * Makes the database and its role where they are missing, and gives the role what a superuser made in it, which is what
 * older versions worked as. For this moment the superuser may connect.
 */
export async function ensureOwner(
  place: Place,
  dataDir: string,
  user: ServerUser,
  server: Pick<PostgresProcess, 'reload'>,
): Promise<void> {
  try {
    // The files of a database are read for the first time when somebody connects to it.
    const missing = await faultOf({ ...place, user: ownerRole })
    if (missing === undefined) return
    // 28: the role, 3D: the database.
    if (!/^(28|3D)/.test(codeOf(missing) ?? '')) throw missing
    writeAccess(dataDir, user, 'set up')
    server.reload()
    const setUp = { ...place, user: superuser, database: 'postgres' }
    const refused = await untilKnown(setUp, (fault) => !isRefused(fault))
    if (refused !== undefined) throw refused
    await makeOwner(place)
    writeAccess(dataDir, user, 'serve')
    server.reload()
    await untilKnown(setUp, isRefused)
    const fault = await faultOf({ ...place, user: ownerRole })
    if (fault !== undefined) throw fault
  } catch (error) {
    // A system error of the server (58), corruption (XX), a database without its files, or without its superuser (28).
    if (!/^(58|XX|3D|28)/.test(codeOf(error) ?? '')) throw error
    throw new EmbeddedDatabaseError(damaged(dataDir, messageOf(error)), { cause: error })
  }
}

/** Makes the database alone, for tests, which work as the superuser. */
export async function ensureDatabase({ database, ...place }: Place): Promise<void> {
  await withClient({ ...place, user: superuser, database: 'postgres' }, (client) =>
    createDatabase(client, database, superuser),
  )
}

async function makeOwner({ database, ...place }: Place): Promise<void> {
  const as = { ...place, user: superuser }
  await withClient({ ...as, database: 'postgres' }, async (client) => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [ownerRole])
    if (rowCount === 0) await client.query(`create role ${ownerRole}`)
    await client.query(
      `alter role ${ownerRole} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls`,
    )
    await createDatabase(client, database, ownerRole)
    await client.query(`alter database ${client.escapeIdentifier(database)} owner to ${ownerRole}`)
  })
  await withClient({ ...as, database }, async (client) => {
    const { rows } = await client.query<{ statement: string }>(ownedBySuperuser, [ownerRole])
    if (rows.length > 0) await client.query(rows.map(({ statement }) => statement).join(';\n')) // one transaction
  })
}

async function createDatabase(client: pg.Client, database: string, owner: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
  if (rowCount === 0)
    await client.query(`create database ${client.escapeIdentifier(database)} owner ${owner}`)
}

/**
 * What a superuser made in this database, as statements that give it to the role: `reassign owned` refuses the first
 * superuser. Objects of extensions stay with them, and sequences of columns follow their tables.
 */
const ownedBySuperuser = `
  with made as (
    select 'pg_class'::regclass as class, oid, relowner as owner, format('table %I.%I', relnamespace::regnamespace, relname) as object
      from pg_class where relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select 'pg_class'::regclass, oid, relowner, format('sequence %I.%I', relnamespace::regnamespace, relname)
      from pg_class where relkind = 'S'
       and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype in ('a', 'i'))
    union all
    select 'pg_proc'::regclass, oid, proowner, format('routine %s', oid::regprocedure) from pg_proc
    union all
    select 'pg_type'::regclass, oid, typowner, format('type %I.%I', typnamespace::regnamespace, typname)
      from pg_type where typtype in ('d', 'e', 'r')
       or typtype = 'c' and exists (select from pg_class where pg_class.oid = typrelid and relkind = 'c')
    union all
    select 'pg_namespace'::regclass, oid, nspowner, format('schema %I', nspname) from pg_namespace where nspname <> 'public'
    union all
    select 'pg_ts_config'::regclass, oid, cfgowner, format('text search configuration %I.%I', cfgnamespace::regnamespace, cfgname)
      from pg_ts_config
    union all
    select 'pg_ts_dict'::regclass, oid, dictowner, format('text search dictionary %I.%I', dictnamespace::regnamespace, dictname)
      from pg_ts_dict
    union all
    select 'pg_statistic_ext'::regclass, oid, stxowner, format('statistics %I.%I', stxnamespace::regnamespace, stxname)
      from pg_statistic_ext
  )
  select format('alter %s owner to %I', object, $1::text) as statement from made
    join pg_roles on pg_roles.oid = owner and rolsuper
   where made.oid >= 16384
     and not exists (select from pg_depend where classid = class and objid = made.oid and deptype = 'e')`

type Connection = Place & { readonly user: string }

/** Why nobody can connect so; undefined if somebody can. */
async function faultOf(connection: Connection): Promise<unknown> {
  try {
    await withClient(connection, async () => {})
    return undefined
  } catch (error) {
    return error
  }
}

async function withClient<T>(connection: Connection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection)
  client.on('error', () => {}) // a connection lost here fails the query that runs on it
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end()
  }
}

const reloadTimeoutMs = 30_000

function isRefused(fault: unknown): boolean {
  return fault !== undefined && /pg_hba/.test(messageOf(fault))
}

/** Postgres reads its files again at some time after it is told to. Answers why nobody can connect then. */
async function untilKnown(connection: Connection, holds: (fault: unknown) => boolean): Promise<unknown> {
  const deadline = Date.now() + reloadTimeoutMs
  for (;;) {
    const fault = await faultOf(connection)
    if (holds(fault)) return fault
    if (Date.now() > deadline)
      throw new EmbeddedDatabaseError('Postgres did not read who may connect within 30 s. Start again.')
    await sleep(5)
  }
}
