import { GraphQLError, type GraphQLErrorOptions, type GraphQLFormattedError } from 'graphql'
import { DatabaseOverloadedError } from '../db/connection/shares.ts'
import { DatabaseBusyError } from '../db/connection/write-queue.ts'
import { codeOf } from '../db/error.ts'
import { FeedCursorError } from '../db/feed/cursor.ts'
import { type ErrorCode, errorCodes } from '../schema/core/error-codes.ts'
import { ApiError } from '../schema/core/errors.ts'
import { isUnavailable } from './faults.ts'
import { currentRequest } from './log.ts'

/**
 * What a client gets for an error: its own faults as they are, of everything else a code and the id under which the
 * log has the cause. Never text of the database, a stack or a path.
 */
export function clientError(error: unknown): GraphQLError {
  if (isForClients(error)) {
    // graphql-js gives none to what it refuses before it executes: variables of a wrong type, missing ones.
    error.extensions.code ??= 'BAD_USER_INPUT' satisfies ErrorCode
    return error
  }
  const cause = causeOf(error)
  if (cause instanceof FeedCursorError) {
    const { code, message, restartFrom } = cause
    return new ApiError(code, message, restartFrom === undefined ? {} : { restartFrom }, placeOf(error))
  }
  if (isUnstorable(cause)) return unstorable(placeOf(error))
  if (cause instanceof DatabaseBusyError) return busy(cause, placeOf(error))
  if (cause instanceof DatabaseOverloadedError) return overloaded(cause, placeOf(error))
  const { code, message } = failure(cause)
  const { requestId, traceId } = currentRequest() ?? {}
  const extensions = {
    ...(requestId && { requestId }),
    ...(traceId && { traceId }),
    ...(code === 'DATABASE_UNAVAILABLE' && { http: { headers: { 'retry-after': '5' } } }),
    unexpected: true,
  }
  return new ApiError(code, message, extensions, placeOf(error))
}

/** Whether the log should have an error: it is neither the client's fault nor already masked. */
export function isServerFault(error: unknown): boolean {
  const cause = causeOf(error)
  return !isForClients(error) && !(cause instanceof FeedCursorError) && !isUnstorable(cause)
}

/** Postgres has no text with the character U+0000. */
function isUnstorable(cause: unknown): boolean {
  return codeOf(cause) === '22021'
}

function unstorable(place: GraphQLErrorOptions): ApiError {
  return new ApiError('BAD_USER_INPUT', 'A text contains the character U+0000. Remove it.', {}, place)
}

/** The JSON of an error for clients, without what only our transports and Yoga read. */
export function formattedError(error: GraphQLError): GraphQLFormattedError {
  const { extensions = {}, ...rest } = error.toJSON()
  const { http: _, unexpected: __, ...shown } = extensions
  return { ...rest, ...(Object.keys(shown).length > 0 && { extensions: shown }) }
}

/** The JSON of an error where it is not part of a GraphQL result: `{"error": …}` of HTTP, a `fault` of `/feed`. */
export function plainError(error: GraphQLError): Record<string, unknown> {
  return flatError(formattedError(error))
}

export function flatError({ message, extensions = {} }: GraphQLFormattedError): Record<string, unknown> {
  const { code, ...others } = extensions
  return { code, message, ...others }
}

/** A GraphQLError that was thrown as one. Those around another error only tell where it happened. */
function isForClients(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false
  return error.originalError == null || isForClients(error.originalError)
}

/** What a GraphQLError was made around, or the error itself. */
export function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error
}

function placeOf(error: unknown): GraphQLErrorOptions {
  return error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {}
}

/** Over HTTP with its status although it is the error of a field: nothing was stored, and proxies know what to do. */
function busy({ retryAfterMs }: DatabaseBusyError, place: GraphQLErrorOptions): ApiError {
  const headers = { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }
  return new ApiError(
    'DATABASE_BUSY',
    'The database is busy with other writes, and nothing was stored. Repeat the request later.',
    { retryAfterMs, http: { spec: true, status: errorCodes.DATABASE_BUSY.status, headers } },
    place,
  )
}

/** Over HTTP with its status, whatever the client accepts: proxies and clients know what to do. */
function overloaded({ retryAfterMs }: DatabaseOverloadedError, place: GraphQLErrorOptions): ApiError {
  const headers = { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }
  return new ApiError(
    'OVERLOADED',
    'The server has too much to do. Repeat the operation later.',
    { retryAfterMs, http: { status: errorCodes.OVERLOADED.status, headers } },
    place,
  )
}

/** The code of Postgres for a statement that it ended. */
const statementTimeout = '57014'

function failure(cause: unknown): { code: ErrorCode; message: string } {
  if (codeOf(cause) === statementTimeout) {
    return {
      code: 'QUERY_TIMEOUT',
      message: 'The query took too long. Request less data, or try again.',
    }
  }
  if (isUnavailable(cause)) {
    return {
      code: 'DATABASE_UNAVAILABLE',
      message: 'The database is unavailable. Try again soon.',
    }
  }
  return { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side.' }
}
