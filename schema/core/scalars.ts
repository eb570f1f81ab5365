import { type ASTNode, GraphQLScalarType, print } from 'graphql'
import { GraphQLDateTimeISO, GraphQLJSON, GraphQLLocalDate } from 'graphql-scalars'
import { BadInputError } from './errors.ts'

/** Tells those who execute that no text of the scalar has a character that JSON escapes. */
const unescaped = { unescaped: true }

/** A day. graphql-scalars' own `Date` becomes a JavaScript Date and drags a time zone in; its LocalDate does not. */
export const DateScalar = refusing(
  new GraphQLScalarType({
    ...GraphQLLocalDate.toConfig(),
    name: 'Date',
    extensions: unescaped,
    // What is sent is a day of the database, not to be checked against the calendar again.
    serialize: (value) =>
      typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)
        ? value
        : GraphQLLocalDate.serialize(value),
    description: 'A calendar day, `YYYY-MM-DD`, e.g. `2026-01-05`. It has no time zone.',
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  }),
  (value) => !String(value).startsWith('0000'),
  'write an existing day as "YYYY-MM-DD", e.g. "2026-01-05".',
)

/** An instant; sent as text, so that a result is the same before and after JSON. */
export const DateTimeScalar = refusing(
  new GraphQLScalarType({
    ...GraphQLDateTimeISO.toConfig(),
    name: 'DateTime',
    extensions: unescaped,
    serialize: (value) =>
      value instanceof Date && !Number.isNaN(value.getTime())
        ? value.toISOString()
        : GraphQLDateTimeISO.serialize(value),
    description: 'An instant in UTC to the millisecond, e.g. `2026-01-05T16:49:08.000Z`.',
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  }),
  (value) => value instanceof Date && value.getUTCFullYear() > 0,
  'write an instant as "YYYY-MM-DDThh:mm:ssZ", e.g. "2026-01-05T16:49:08Z".',
)

/** An address, given as the source spells it: parsing it here would rewrite it or fail on what the source sent. */
export const UrlScalar = refusing(
  new GraphQLScalarType({
    name: 'URL',
    description: 'An absolute web address, e.g. `https://arxiv.org/abs/2505.11711`.',
    specifiedByURL: 'https://url.spec.whatwg.org/',
    serialize: String,
  }),
  (value) => typeof value === 'string' && URL.canParse(value) && /^https?:/i.test(value),
  'write an absolute address that begins with "https://" or "http://".',
)

export const FeedCursorScalar = refusing(
  new GraphQLScalarType({
    name: 'FeedCursor',
    description:
      'A position in the feed, just after one of its events. Opaque and short: store it unchanged and pass it back as `after`, and no event is missed or repeated. It is valid across disconnects, restarts, servers and transports. As an argument it can also be `START` (before the oldest retained event) or `NOW` (after the newest).',
    serialize: String,
  }),
  (value) => typeof value === 'string',
  'pass a cursor from a response or an event, as a string.',
)

/** A value of any shape, for what only shows values: nothing takes one as an argument. */
export const JsonScalar = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: 'JSON',
  description: 'A string, a number, true, false, null, or a list of these.',
})

/** The scalar with a code and a sentence in its refusals, which graphql-js hands on to the client. */
function refusing<Internal, External>(
  scalar: GraphQLScalarType<Internal, External>,
  accepts: (value: unknown) => boolean,
  advice: string,
): GraphQLScalarType<Internal, External> {
  const config = scalar.toConfig()
  const guarded = (shown: string, parse: () => Internal): Internal => {
    let value: Internal
    try {
      value = parse()
    } catch {
      throw refusal(shown)
    }
    if (!accepts(value)) throw refusal(shown)
    return value
  }
  const refusal = (shown: string) =>
    new BadInputError(`${config.name} cannot represent ${shorten(shown)}: ${advice}`)
  return new GraphQLScalarType<Internal, External>({
    ...config,
    parseValue: (input) => guarded(JSON.stringify(input), () => config.parseValue(input)),
    parseLiteral: (node, variables) =>
      guarded(print(node as ASTNode), () => config.parseLiteral(node, variables)),
  })
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
