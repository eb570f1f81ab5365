interface ErrorCodeEntry {
  /** The HTTP status of a request that is refused with the code. */
  readonly status: number
  /** When clients get it, and what helps, for the table in schema/errors.md. */
  readonly meaning: string
}

/** Everything that `extensions.code` can say, on each transport. Clients may rely on the codes. */
export const errorCodes = {
  BAD_USER_INPUT: {
    status: 400,
    meaning:
      'An argument or a variable is invalid. `argument` and `argumentPath` name it if it is known; `issues` lists all errors if there are several.',
  },
  GRAPHQL_PARSE_FAILED: { status: 400, meaning: 'The document is not valid GraphQL syntax.' },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    meaning: 'The document does not match the schema, e.g. because it selects a field that does not exist.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    meaning: 'The document has several operations, and `operationName` names none of them.',
  },
  QUERY_TOO_LARGE: {
    status: 400,
    meaning:
      'The query exceeds a limit of the server: tokens, depth or aliases. Split it into several queries.',
  },
  QUERY_TOO_EXPENSIVE: {
    status: 400,
    meaning:
      'The operation costs more points than the server allows. The message names the cost, the limit and the dearest field. Request smaller pages or fewer nested lists, or split it.',
  },
  ANSWER_TOO_LARGE: {
    status: 400,
    meaning:
      'The answer would have more bytes than the server sends. The execution was stopped; what a mutation had stored by then stays stored. Request smaller pages, fewer nested lists or fewer long texts.',
  },
  TOO_MANY_ENTITIES: {
    status: 400,
    meaning: 'The request of a gateway refers to too many entities. Split it into several requests.',
  },
  RATE_LIMITED: {
    status: 429,
    meaning:
      'The client has spent its points of cost. Repeat the operation after `retryAfterMs` milliseconds.',
  },
  BAD_REQUEST: {
    status: 400,
    meaning: 'The HTTP request is not a GraphQL request: its body or a parameter cannot be read.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    meaning: 'None of the media types in the header `Accept` is available.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning:
      'The `Content-Type` of the body is not `application/json`, which mutations require, its charset is not UTF-8, or the server does not support its `Content-Encoding`.',
  },
  BODY_TOO_LARGE: { status: 413, meaning: 'The body of the request is larger than the server accepts.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning:
      'The path does not accept the method of the request, or the operation is a mutation sent with GET. The header `Allow` lists the methods to use.',
  },
  NOT_FOUND: { status: 404, meaning: 'Nothing exists at this path.' },
  REQUEST_TIMEOUT: { status: 408, meaning: 'The request did not arrive in time. Send it again.' },
  HEADERS_TOO_LARGE: {
    status: 431,
    meaning: 'The headers of the request are larger than the server accepts.',
  },
  DOCUMENT_NOT_TRUSTED: {
    status: 400,
    meaning: 'The server executes trusted documents only, and this document is not one of them.',
  },
  PERSISTED_QUERY_NOT_FOUND: { status: 400, meaning: 'No trusted document has this id.' },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 400,
    meaning: 'The request names a document by id, but the server has no manifest of trusted documents.',
  },
  PERSISTED_QUERY_MISMATCH: {
    status: 400,
    meaning: 'The request has the id of one document and the text of another.',
  },
  UNAUTHENTICATED: {
    status: 401,
    meaning:
      'The operation requires a token, and the request has none, or one that the server does not know.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    meaning:
      'The token of the request has expired. A subscription that was open ends with it; go on with a new token and `after: <cursor>`.',
  },
  TOKEN_REVOKED: {
    status: 401,
    meaning:
      'The token of the request was revoked. A subscription that was open ends with it; go on with a new token and `after: <cursor>`.',
  },
  ISSUER_UNAVAILABLE: {
    status: 503,
    meaning:
      'The token cannot be checked, because the keys of its issuer cannot be read. Try again after some seconds.',
  },
  FORBIDDEN: { status: 403, meaning: 'The role of the token does not allow this.' },
  CURSOR_MALFORMED: { status: 400, meaning: 'The value is not a cursor of the feed.' },
  CURSOR_FOREIGN: {
    status: 400,
    meaning:
      'The cursor belongs to another database, or to a history that a restore or failover ended. `restartFrom` is the last position that is still the same.',
  },
  CURSOR_FUTURE: {
    status: 400,
    meaning:
      'The cursor is ahead of the feed: events were lost by a restore or failover. `restartFrom` is the last position that is still the same.',
  },
  CURSOR_EXPIRED: {
    status: 410,
    meaning:
      'Events after the cursor have been deleted. `restartFrom` is the oldest cursor that still works; earlier events are lost.',
  },
  TOO_MANY_CONNECTIONS: {
    status: 429,
    meaning:
      'The client address has reached its limit of connections, or of requests at the same time. Use the connections that are open.',
  },
  TOO_MANY_WEBHOOKS: {
    status: 400,
    meaning:
      'The server has as many webhooks as it allows. Delete one, or ask the operator to raise MAX_WEBHOOKS.',
  },
  TOO_MANY_SUBSCRIPTIONS: {
    status: 429,
    meaning: 'The server, the client address or the WebSocket has reached its limit of subscriptions.',
  },
  SHUTTING_DOWN: {
    status: 503,
    meaning:
      'The server is about to stop. Reconnect, after `retryAfterMs` milliseconds and with `after: <cursor>` if they are given.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    meaning: 'The database is unavailable. Try again after some seconds.',
  },
  DATABASE_BUSY: {
    status: 503,
    meaning:
      'The write was refused because other writes take too long. Nothing was stored. Repeat it after `retryAfterMs` milliseconds.',
  },
  OVERLOADED: {
    status: 503,
    meaning:
      'The server has too much to do to begin with the operation. Repeat it after `retryAfterMs` milliseconds.',
  },
  QUERY_TIMEOUT: {
    status: 503,
    meaning: 'The query, or one of its statements, exceeded its time limit. Request less data, or try again.',
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    meaning:
      'The server failed. The operator can find the cause in the log by `requestId`, or by `traceId` if a gateway started a trace.',
  },
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>

export type ErrorCode = keyof typeof errorCodes

/** The HTTP status for an `extensions.code`. One that a library made up is the caller's fault. */
export function statusOf(code: unknown): number {
  return isErrorCode(code) ? errorCodes[code].status : 400
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}
