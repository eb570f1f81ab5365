import { GraphQLError, type GraphQLErrorOptions } from 'graphql'

/** What `extensions.code` can say. Clients may rely on these; the sentence beside them is for people. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'CURSOR_MALFORMED'
  | 'CURSOR_FOREIGN'
  | 'CURSOR_FUTURE'
  | 'CURSOR_EXPIRED'
  | 'TOO_MANY_SUBSCRIPTIONS'
  | 'SHUTTING_DOWN'
  | 'DATABASE_UNAVAILABLE'

/**
 * An error that the client is told as it stands; every other error is ours, and is masked. It names no HTTP
 * status: other fields of the same operation may well have data, and that is a 200 in GraphQL over HTTP.
 */
export class ApiError extends GraphQLError {
  override name = 'ApiError'

  constructor(
    code: ErrorCode,
    message: string,
    extensions: Record<string, unknown> = {},
    options: GraphQLErrorOptions = {},
  ) {
    super(message, { ...options, extensions: { code, ...extensions } })
  }
}

/** Where in the arguments the fault lies: `['filter', 'keywords', 0]`. */
export type InputPath = readonly (string | number)[]

/** The caller's fault. The sentence says what to send instead. */
export class BadInputError extends ApiError {
  override name = 'BadInputError'

  constructor(message: string, path: InputPath = [], issues?: readonly InputIssue[]) {
    const [argument] = path
    super('BAD_USER_INPUT', message, {
      ...(argument === undefined ? {} : { argument, argumentPath: path }),
      ...(issues && issues.length > 1 ? { issues } : {}),
    })
  }
}

/** One of several faults in the arguments of one field. */
export interface InputIssue {
  argumentPath: InputPath
  message: string
}

/** What was asked for by name is not here, where null would not be an answer. */
export class NotFoundError extends ApiError {
  override name = 'NotFoundError'

  constructor(message: string) {
    super('NOT_FOUND', message)
  }
}

export type CursorErrorCode = Extract<ErrorCode, `CURSOR_${string}`>

/** A feed cursor that cannot be used. `restart`, where given, is the cursor to go on from. */
export class CursorError extends ApiError {
  override name = 'CursorError'

  constructor(code: CursorErrorCode, message: string, restart?: string) {
    super(code, message, restart === undefined ? {} : { restartFrom: restart })
  }
}

/** A token is needed and none was sent, or the one sent is not known. */
export class UnauthenticatedError extends ApiError {
  override name = 'UnauthenticatedError'

  constructor(message: string) {
    super('UNAUTHENTICATED', message)
  }
}

/** The token is known and does not allow this. */
export class ForbiddenError extends ApiError {
  override name = 'ForbiddenError'

  constructor(message: string) {
    super('FORBIDDEN', message)
  }
}
