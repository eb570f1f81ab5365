import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'

/** A request whose variable `v` is the hostile value. */
export interface HostileCall {
  /** The field and its argument, e.g. `Query.papers(filter:)`. */
  readonly place: string
  readonly query: string
  readonly variables: { readonly v: unknown }
}

type Draw = () => number
type Field = GraphQLField<unknown, unknown>

/** Texts that break what takes texts for something else. None of them looks like what a server must not tell. */
const texts: readonly string[] = [
  ...['', ' ', '\u0000', 'a\u0000b', '\ud800', '\u202e', '\u{1f600}'.repeat(500), '\u0301'.repeat(2_000)],
  ...["'; drop table paper; --", '" or ""="', '\\', '%', '_%_%', '$1', '{{7*7}}', '`id`'],
  ...['../../../etc/passwd', '<script>alert(1)</script>', '\u001b[2J', '\r\nx-a: b', '(((((((((('],
  ...['-', '""', '"a', 'a:b', 'author:', 'year:99999', '& | ! <->', 'a'.repeat(100_000), 'a '.repeat(5_000)],
  ...[
    '2026-02-30',
    '0000-00-00',
    '9999999-01-01',
    '2026-01-05T25:00:00Z',
    'UGFwZXI6',
    'UGFwZXI6LTE=',
    'Tm9wZTox',
  ],
]
const others: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, 2 ** 31, 2 ** 53, 0.1, [], [[[]]], {}, [null], { a: { b: [] } }],
  ...[
    JSON.parse('{"__proto__": {"a": 1}}'),
    { constructor: 1 },
    Array(2_000).fill('a'),
    Array(300).fill(null),
  ],
]

/** Calls with hostile values in each argument that can be reached, so many for each. `draw` gives numbers from 0 to 1. */
export function* hostileCalls(schema: GraphQLSchema, draw: Draw, each: number): Generator<HostileCall> {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(draw() * items.length)] as Item
  const hostile = (type: GraphQLInputType): unknown => {
    if (draw() < 0.2) return one(others)
    if (isNonNullType(type)) return hostile(type.ofType)
    if (isListType(type)) return draw() < 0.8 ? [hostile(type.ofType)] : many(hostile(type.ofType))
    if (!isInputObjectType(type)) return one(texts)
    const fields = Object.values(type.getFields())
    const given = fields
      .filter((field) => isRequiredInputField(field))
      .map((field) => [field.name, plain(field.type)])
    const { name, type: of } = one(fields)
    return { ...Object.fromEntries(given), [name]: hostile(of) }
  }
  for (const [type, path] of pathsTo(schema))
    for (const field of Object.values(type.getFields()))
      for (const argument of field.args)
        for (let made = 0; made < each; made += 1) {
          const others = field.args.filter((other) => other !== argument && isRequiredArgument(other))
          const given = [`${argument.name}: $v`, ...others.map(literal)].join(', ')
          const below = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : ''
          yield {
            place: `${type.name}.${field.name}(${argument.name}:)`,
            query: path(`($v: ${String(argument.type)})`, `{ ${field.name}(${given})${below} }`),
            variables: { v: hostile(argument.type) },
          }
        }
}

/** A list of many of a value, unless it is long: lists of lists of long texts are more than can be sent. */
function many(value: unknown): unknown[] {
  return (JSON.stringify(value) ?? '').length < 1_000 ? Array(1_500).fill(value) : [value]
}

type Path = (variables: string, selection: string) => string

/** The shortest way to each type of objects, from the queries and the mutations. */
function pathsTo(schema: GraphQLSchema): Map<GraphQLObjectType, Path> {
  const paths = new Map<GraphQLObjectType, Path>()
  const [query, mutation] = [schema.getQueryType(), schema.getMutationType()]
  if (query) paths.set(query, (variables, selection) => `query ${variables} ${selection}`)
  if (mutation) paths.set(mutation, (variables, selection) => `mutation ${variables} ${selection}`)
  for (const [type, path] of paths) {
    if (type === mutation) continue
    for (const field of Object.values(type.getFields())) {
      const to = getNamedType(field.type)
      if (isObjectType(to) && !paths.has(to) && !field.name.startsWith('_'))
        paths.set(to, (variables, selection) => path(variables, `{ ${callOf(field)} ${selection} }`))
    }
  }
  return paths
}

function callOf({ name, args }: Field): string {
  // `period` wants one of its arguments, and `paper` too.
  const given = args.filter(
    (argument) => isRequiredArgument(argument) || ['month', 'arxivId'].includes(argument.name),
  )
  return given.length > 0 ? `${name}(${given.map(literal).join(', ')})` : name
}

function literal({ name, type }: GraphQLArgument): string {
  return `${name}: ${literalOf(plain(type, name))}`
}

/** Enum values are names, which no text of these is. */
function literalOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literalOf).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value).map(([name, part]) => `${name}: ${literalOf(part)}`)}}`
  return typeof value === 'string' && /^[A-Z_]{2,}$/.test(value) ? value : JSON.stringify(value)
}

/** A value that is right, by the name of the argument or the type. */
function plain(type: GraphQLInputType, argument = ''): unknown {
  if (isNonNullType(type)) return plain(type.ofType, argument)
  if (isListType(type)) return [plain(type.ofType, argument.replace(/s$/, ''))]
  const named = getNamedType(type)
  if (isEnumType(named)) return named.getValues()[0]?.name
  if (isInputObjectType(named))
    return Object.fromEntries(
      Object.values(named.getFields())
        .filter(isRequiredInputField)
        .map((field) => [field.name, plain(field.type, field.name)]),
    )
  const known: Readonly<Record<string, unknown>> = {
    ...{ arxivId: '2606.00001', id: 'UGFwZXI6MQ==', month: '2026-06', Int: 1, Float: 1, Boolean: true },
    ...{
      Date: '2026-06-15',
      DateTime: '2026-06-15T00:00:00Z',
      FeedCursor: 'START',
      URL: 'https://example.org',
    },
  }
  return known[argument] ?? known[named.name] ?? 'model'
}
