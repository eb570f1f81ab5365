import { GraphQLError } from 'graphql'
import { maskPassword } from './config.ts'
import { requestScope } from './log.ts'

/** The program cannot go on. The message is a sentence for the operator: what is wrong and what to do. */
export class StartError extends Error {
  override name = 'StartError'
}

/** Postgres codes and system errors that mean: the database is not there, or not for us. */
const unavailable = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH'],
  ...['3D000', '53300', '57P01', '57P02', '57P03', '08000', '08003', '08006'],
])
const statementTimeout = '57014'

/**
 * What a client is told of an error: its own faults as they stand, of everything else a code and the id under
 * which the log has the cause. Never text of the database, a stack or a path.
 */
export function clientError(error: unknown): Error {
  if (isForClients(error)) {
    // graphql-js gives none to what it refuses before it executes: variables of a wrong type, missing ones.
    error.extensions.code ??= 'BAD_USER_INPUT'
    return error
  }
  const known = error instanceof GraphQLError ? error : undefined
  const { code, message } = failure(known?.originalError ?? error)
  const { requestId, traceId } = requestScope.getStore() ?? {}
  return new GraphQLError(message, {
    ...(known?.nodes && { nodes: known.nodes }),
    ...(known?.path && { path: known.path }),
    extensions: { code, ...(requestId && { requestId }), ...(traceId && { traceId }), unexpected: true },
  })
}

/** A GraphQLError that was thrown as one. Those around another error only tell where it happened. */
function isForClients(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false
  return error.originalError == null || isForClients(error.originalError)
}

function failure(error: unknown): { code: string; message: string } {
  const code = codeOf(error)
  if (code === statementTimeout) {
    return {
      code: 'QUERY_TIMEOUT',
      message: 'The database took too long for this. Ask for less, or try again.',
    }
  }
  if (isUnavailable(error)) {
    return {
      code: 'DATABASE_UNAVAILABLE',
      message: 'The database cannot be reached right now. Try again soon.',
    }
  }
  return { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side.' }
}

export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error)
  if (code !== undefined) return unavailable.has(code)
  // pg has no code of its own for these.
  const words =
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying)/
  return error instanceof Error && words.test(error.message)
}

export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  // Node tries every address of a host name and reports all failures together.
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined
}

/** Why a database cannot be used, in words that name the setting to correct. */
export function databaseFault(error: unknown, url: string): StartError {
  const where = maskPassword(url)
  return new StartError(`Cannot use the database ${where}: ${reasonFor(error)}`, { cause: error })
}

function reasonFor(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return 'nothing answers there. Start Postgres, or correct DATABASE_URL, or unset it for the embedded one.'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name is not known. Correct DATABASE_URL.'
    case '28P01':
    case '28000':
      return 'it refuses this user or password. Correct DATABASE_URL.'
    case '3D000':
      return 'it has no database of that name. Create it, or correct DATABASE_URL.'
    case '42501':
      return `the user may not do what is needed (${said}). Grant it the right to create tables.`
    case '53300':
      return 'it has no connection left. Lower POOL_SIZE, or raise max_connections there.'
    case '57P03':
      return 'it is still starting, or stopping. Try again in a moment.'
    default:
      return isUnavailable(error)
        ? 'it does not answer in time. Check DATABASE_URL and the network.'
        : `${said}.`
  }
}
