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
      'An argument or a variable cannot be used. `argument` and `argumentPath` name it where it is known, `issues` lists all faults where there are several.',
  },
  GRAPHQL_PARSE_FAILED: { status: 400, meaning: 'The document is not valid GraphQL syntax.' },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    meaning:
      'The document does not fit the schema, for example because it asks for a field that does not exist.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    meaning: 'The document has several operations and `operationName` names none of them.',
  },
  QUERY_TOO_LARGE: {
    status: 400,
    meaning:
      'The query is beyond a limit of the server: tokens, depth, aliases or objects. Ask in several queries.',
  },
  TOO_MANY_ENTITIES: {
    status: 400,
    meaning:
      'The request of a gateway refers to more entities than one request may. Send it in several requests.',
  },
  BAD_REQUEST: {
    status: 400,
    meaning:
      'The HTTP request is not a GraphQL request: its body or a parameter cannot be read. A mutation sent with GET, and methods other than GET and POST, get it with the status 405.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    meaning: 'The server has no answer of a media type that the header `Accept` names.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning: 'The body has another `Content-Type` than `application/json`.',
  },
  BODY_TOO_LARGE: { status: 413, meaning: 'The body of the request is larger than the server takes.' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: '`/feed` was sent something else than GET.' },
  DOCUMENT_NOT_TRUSTED: {
    status: 400,
    meaning: 'The server executes trusted documents only, and this document is not one of them.',
  },
  PERSISTED_QUERY_NOT_FOUND: { status: 400, meaning: 'No trusted document has this id.' },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 400,
    meaning: 'A document was asked for by its id, and the server has no manifest of trusted documents.',
  },
  PERSISTED_QUERY_MISMATCH: {
    status: 400,
    meaning: 'The request has the id of one document and the text of another.',
  },
  UNAUTHENTICATED: {
    status: 200,
    meaning: 'Writing needs a token, and the request has none, or one that the server does not know.',
  },
  FORBIDDEN: { status: 200, meaning: 'The token of the request does not allow this.' },
  CURSOR_MALFORMED: { status: 400, meaning: 'The text is not a cursor of the feed.' },
  CURSOR_FOREIGN: {
    status: 400,
    meaning: 'The cursor is of another database. Read the papers again together with `feedPosition`.',
  },
  CURSOR_FUTURE: {
    status: 400,
    meaning: 'The cursor is ahead of the feed, as after the restore of an older backup. Take a new one.',
  },
  CURSOR_EXPIRED: {
    status: 410,
    meaning:
      'Events after the cursor are no longer kept. `restartFrom` is the oldest cursor that still works; events before it are lost.',
  },
  TOO_MANY_SUBSCRIPTIONS: {
    status: 429,
    meaning: 'The server, the client address or the WebSocket has as many subscriptions as it may have.',
  },
  SHUTTING_DOWN: {
    status: 503,
    meaning:
      'The server is about to stop. Connect again, where given after `retryAfterMs` and with `after:` the `cursor`.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    meaning: 'The database cannot be reached right now. Try again after some seconds.',
  },
  QUERY_TIMEOUT: {
    status: 503,
    meaning: 'The database took longer than one statement may take. Ask for less, or try again.',
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    meaning:
      'The server failed. `requestId`, and `traceId` where a gateway began a trace, lead the operator to the cause in the log.',
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
