import {
  GraphQLBoolean,
  type GraphQLEnumType,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  GraphQLString,
  isEnumType,
} from 'graphql'

/** The JSON of a value of a scalar or an enum that is not null. Throws if the type cannot represent it. */
export type WriteLeaf = (value: unknown) => string

/** Extensions of a scalar, none of whose texts has a character that JSON escapes. */
interface Unescaped {
  readonly unescaped?: boolean
}

/** Up to this length, looking at each character takes less time than calling `JSON.stringify`. */
const shortText = 32
const space = 0x20
const quote = 0x22
const backslash = 0x5c

/** A text as JSON. */
function quoted(text: string): string {
  if (text.length > shortText) return JSON.stringify(text)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    // A half of a character is escaped, too.
    if (code < space || code === quote || code === backslash || (code >= 0xd800 && code <= 0xdfff))
      return JSON.stringify(text)
  }
  return `"${text}"`
}

const maxInt = 2 ** 31 - 1
const minInt = -(2 ** 31)

/** Values that are as the type sends them, which most are, take a shorter way with the same result. */
const builtIn: ReadonlyMap<GraphQLLeafType, (value: unknown) => string | undefined> = new Map<
  GraphQLLeafType,
  (value: unknown) => string | undefined
>([
  [GraphQLString, (value) => (typeof value === 'string' ? quoted(value) : undefined)],
  [GraphQLID, (value) => (typeof value === 'string' ? quoted(value) : undefined)],
  [GraphQLBoolean, (value) => (value === true ? 'true' : value === false ? 'false' : undefined)],
  [
    GraphQLInt,
    (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= minInt && value <= maxInt
        ? String(value === 0 ? 0 : value) // not -0
        : undefined,
  ],
])

export function leafWriter(type: GraphQLLeafType): WriteLeaf {
  const isUnescaped = (type.extensions as Unescaped).unescaped === true
  const write = (value: unknown): string => {
    const serialized: unknown = type.serialize(value)
    if (serialized == null)
      throw new Error(
        `Expected \`${type.name}.serialize(${String(value)})\` to return non-nullable value, returned: ${String(serialized)}`,
      )
    if (typeof serialized === 'string') return isUnescaped ? `"${serialized}"` : quoted(serialized)
    // What JSON has no word for is null, as in an array.
    return JSON.stringify(serialized) ?? 'null'
  }
  if (isEnumType(type)) return enumWriter(type, write)
  const short = builtIn.get(type)
  return short ? (value) => short(value) ?? write(value) : write
}

function enumWriter(type: GraphQLEnumType, write: WriteLeaf): WriteLeaf {
  const known = new Map(type.getValues().map(({ name, value }) => [value as unknown, JSON.stringify(name)]))
  return (value) => known.get(value) ?? write(value)
}
