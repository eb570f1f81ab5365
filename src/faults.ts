import { AddressError } from '../db/connection/address.ts'
import { codeOf, messageOf } from '../db/error.ts'

/** The program cannot go on. The message is a sentence for the operator: what is wrong and what to do. */
export class StartError extends Error {
  override name = 'StartError'
}

/** Postgres codes and system errors that mean: the database is not there, or not for us. */
const unavailable = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH'],
  // Read-only, as after a failover, and a full disk: reads go on, and writes work again without a restart.
  ...['25006', '53100'],
  ...['3D000', '53300', '57P01', '57P02', '57P03', '08000', '08003', '08006'],
])

export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error)
  if (code !== undefined) return unavailable.has(code)
  // pg has no code of its own for these.
  const words =
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying)/
  return error instanceof Error && words.test(error.message)
}

/** Classes of Postgres codes whose errors pass: connections, conflicts, resources, locks, operators, the system. */
const transientClasses = ['08', '40', '53', '55', '57', '58']
/** Read-only after a demotion, idle for too long in a transaction, and what the network says. */
const transientCodes = ['25006', '25P03', 'ENETUNREACH', 'ENETDOWN', 'ECONNABORTED', 'EHOSTDOWN', 'EAGAIN']

/** Whether the same statement can succeed later though nobody changes anything on this side. */
export function isTransient(error: unknown): boolean {
  if (isUnavailable(error)) return true
  const code = codeOf(error)
  if (code === undefined) return /\btime-?out\b|timed out/i.test(messageOf(error))
  return transientCodes.includes(code) || (code.length === 5 && transientClasses.includes(code.slice(0, 2)))
}

/** Why a database cannot be used, in words that name the setting to correct. `name` is what it is called. */
export function databaseFault(error: unknown, name: string): StartError {
  return new StartError(`Cannot use the ${name}: ${reasonFor(error)}`, { cause: error })
}

/** What is wrong with the database and what to do about it. */
export function reasonFor(error: unknown): string {
  const said = messageOf(error)
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      if (error instanceof AddressError) return `${said}.`
      return 'the connection was refused. Start Postgres, correct DATABASE_URL, or unset it to use the embedded database.'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name could not be resolved. Correct DATABASE_URL.'
    case '28P01':
    case '28000':
      return `the server rejected the user or the password (${said}). Correct DATABASE_URL.`
    case '55P03':
      return 'other programs hold its locks for too long. See pg_stat_activity for long transactions.'
    case '3D000':
      return 'the database does not exist. Create it, or correct DATABASE_URL.'
    case '42501':
      return `${said}. ${grantFor(said)}`
    case '3F000':
      return `${said}. Run as its owner: create schema public; grant create on schema public to the user of DATABASE_URL.`
    case '0A000':
    case '58P01':
      return /extension "\w+" is not available/.test(said)
        ? `${said}. Install the extensions that come with Postgres (Debian: apt install postgresql-contrib).`
        : `${said}.`
    case '42P07':
    case '42710':
    case '42723':
      return `${said}: it belongs to another program. Create a database for daily-papers alone, and name it in DATABASE_URL.`
    case '25006':
      return `the server is read-only, a standby for example (${said}). Name the primary in DATABASE_URL, or run "migrate" there first: on a database with the newest schema, reads work.`
    case '53100':
      return `its disk is full (${said}). Make room on the disk of Postgres, then start again.`
    case '53300':
      return 'the server has no connections left. Lower POOL_SIZE, or raise max_connections on the server.'
    case '57P03':
      return 'the server is starting or stopping. Try again in a moment.'
    case '08P01':
      return /startup parameter/.test(said)
        ? `${said}. A pooler refuses what DATABASE_URL has after the question mark: remove it there, or name it in ignore_startup_parameters of PgBouncer.`
        : `${said}.`
    default:
      if (isTlsFault(error)) return `${said}. ${tlsAdvice(said)}`
      return isUnavailable(error)
        ? 'the server did not answer in time. Check DATABASE_URL and the network.'
        : `${said}.`
  }
}

function grantFor(said: string): string {
  const [, kind, name] =
    /permission denied (?:for|to create) (schema|extension|database) "?([\w-]+)"?/.exec(said) ?? []
  const user = 'to the user of DATABASE_URL'
  if (kind === 'schema')
    return `Run as the owner of the database: grant usage, create on schema ${name} ${user}.`
  if (kind === 'extension')
    return `Run as the owner of the database, or a superuser, in it: create extension unaccent; create extension pg_trgm; or: grant create on database … ${user}.`
  if (kind === 'database') return `Run as its owner: grant create on database ${name} ${user}.`
  return `Grant all on the tables and sequences of daily-papers ${user}, or let that user own them.`
}

function isTlsFault(error: unknown): boolean {
  const code = codeOf(error) ?? ''
  return /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(TLS|SSL)_|^EPROTO$/.test(code) || / SSL /.test(messageOf(error))
}

function tlsAdvice(said: string): string {
  if (/altnames/.test(said))
    return 'Name the host in DATABASE_URL as the certificate does, or write sslmode=verify-ca, which does not compare the names.'
  return / SSL /.test(said)
    ? 'Write sslmode=prefer or sslmode=disable in DATABASE_URL to go on without TLS.'
    : 'Name the root certificate of the server with sslrootcert=<file> in DATABASE_URL, or in NODE_EXTRA_CA_CERTS, or write sslmode=require, which encrypts without checking the certificate.'
}
