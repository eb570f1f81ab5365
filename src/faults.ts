import { codeOf, messageOf } from '../db/error.ts'
import { maskPassword } from './config.ts'

/** The program cannot go on. The message is a sentence for the operator: what is wrong and what to do. */
export class StartError extends Error {
  override name = 'StartError'
}

/** Postgres codes and system errors that mean: the database is not there, or not for us. */
const unavailable = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH'],
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

/** Why a database cannot be used, in words that name the setting to correct. */
export function databaseFault(error: unknown, url: string): StartError {
  const where = maskPassword(url)
  return new StartError(`Cannot use the database ${where}: ${reasonFor(error)}`, { cause: error })
}

function reasonFor(error: unknown): string {
  const said = messageOf(error)
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return 'the connection was refused. Start Postgres, correct DATABASE_URL, or unset it to use the embedded database.'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name could not be resolved. Correct DATABASE_URL.'
    case '28P01':
    case '28000':
      return 'the server rejected the user or the password. Correct DATABASE_URL.'
    case '3D000':
      return 'the database does not exist. Create it, or correct DATABASE_URL.'
    case '42501':
      return `the user lacks a privilege (${said}). Grant the user the right to create tables.`
    case '53300':
      return 'the server has no connections left. Lower POOL_SIZE, or raise max_connections on the server.'
    case '57P03':
      return 'the server is starting or stopping. Try again in a moment.'
    default:
      return isUnavailable(error)
        ? 'the server did not answer in time. Check DATABASE_URL and the network.'
        : `${said}.`
  }
}
