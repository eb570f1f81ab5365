import { GraphQLError, type GraphQLErrorOptions } from 'graphql'
import { type ErrorCode, errorCodes } from './error-codes.ts'

/**
 * An error that clients receive as it is; every other error is masked. It names no HTTP
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

/**
 * Refuses a whole GraphQL request before anything of it is executed, over HTTP with the status of its code. Clients
 * that accept `application/json` alone get status 200: gateways among them would lose the code otherwise.
 */
export function requestError(
  code: ErrorCode,
  message: string,
  extensions: Record<string, unknown> = {},
): ApiError {
  return new ApiError(code, message, {
    ...extensions,
    http: { spec: true, status: errorCodes[code].status },
  })
}

/** Refuses what is not a GraphQL request at all: with the status of its code, whatever the client accepts. */
export function httpError(
  code: ErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ApiError {
  return new ApiError(code, message, { http: { status: errorCodes[code].status, headers } })
}

/** Where in the arguments the fault lies: `['filter', 'keywords', 0]`. */
export type InputPath = readonly (string | number)[]

/** One of several faults in the arguments of one field. */
export interface InputIssue {
  argumentPath: InputPath
  message: string
}

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

/** The same error without the names that graphql-js suggests at the end of some messages. */
export function withoutSuggestion(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ Did you mean .*\?$/s, '')
  if (message === error.message) return error
  const { extensions } = error
  return new GraphQLError(message, {
    ...{ nodes: error.nodes ?? null, source: error.source ?? null, positions: error.positions ?? null },
    ...{ path: error.path ?? null, originalError: error.originalError ?? null, extensions },
  })
}
