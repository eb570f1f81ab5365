import { setImmediate as turn } from 'node:timers/promises'
import {
  buildSchema,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
} from 'graphql'

/** A schema with every kind of type and nullability, whose resolvers misbehave in every way. */

const sdl = /* GraphQL */ `
  scalar Any
  enum Color { RED GREEN }
  input Box { width: Int! = 3, tags: [String!], inner: Box }
  interface Being { id: ID!, name: String, friend: Being, guardian: Being!, tame(as: Boolean = true): Boolean }
  type Cat implements Being {
    id: ID!, name: String, friend: Being, guardian: Being!, tame(as: Boolean = true): Boolean
    lives: Int!, kittens: [Cat!]!, strays: [Cat]
  }
  type Dog implements Being {
    id: ID!, name: String, friend: Being, guardian: Being!, tame(as: Boolean = true): Boolean
    color: Color, weight: Float!, box(box: Box, sizes: [Int!], text: String): Any, plain: String!, plainList: [Int!]
    plainLeaf: Leaf, plainLeaves: [Leaf!]!
  }
  type Leaf { text: String!, id: ID, number: Int, flag: Boolean, color: Color!, any: Any, next: Leaf, must: Leaf!, leaves: [Leaf!], grid: [[Int]!] }
  union Pet = Cat | Dog
  type Query {
    cat: Cat, dog: Dog!, being: Being, pet: Pet, pets: [Pet!], beings: [Being]!, rows: [[Int!]], rowsOfCats: [[Cat!]!]
    number: Int, numbers: [Int], colors: [Color!]!, any: Any, echo(a: Int = 1, b: Box, c: [Box!], d: Color, e: ID!): Any
  }
  type Mutation { first: Cat, second: Int!, third: Dog! }
`

/** A number that depends on nothing but the text. */
export function hashOf(text: string): number {
  let value = 2166136261
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16777619)
  return (value ^ (value >>> 15)) >>> 0
}

export interface Misbehaviour {
  readonly seed: number
  readonly faultPercent: number
  /** Whether some values have to be waited for. */
  readonly waits: boolean
}

/** Each value and fault is decided by the seed and the place alone, so that two executors meet the same. */
export function misbehavingSchema({ seed, faultPercent, waits }: Misbehaviour): GraphQLSchema {
  const schema = buildSchema(sdl)
  const at = (path: string) => hashOf(`${seed} ${path}`)
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) && !type.name.startsWith('__')) {
      for (const field of Object.values(type.getFields()))
        if (!field.name.startsWith('plain') && type.name !== 'Leaf')
          field.resolve = resolver(at, faultPercent, waits)
      if (type.name === 'Dog')
        type.isTypeOf = (value) => {
          const { kind, path } = value as Thing
          const answer = kind === 'Dog'
          return waits && at(`${path} isTypeOf`) % 4 === 0 ? turn(answer) : answer
        }
    }
    if (isAbstractType(type) && type.name === 'Being')
      type.resolveType = (value) => {
        const { kind, path } = value as Thing
        const fault = at(`${path} type`) % 100
        const name = fault < faultPercent / 2 ? ['Query', 'Color', 'Nobody', 7][fault % 4] : kind
        return (waits && at(`${path} wait`) % 4 === 0 ? turn(name) : name) as string
      }
  }
  return schema
}

interface Thing {
  readonly kind: string
  readonly path: string
  readonly __typename: string
  readonly plain: unknown
  readonly plainList: unknown
  readonly plainLeaf: unknown
  readonly plainLeaves: unknown
}

function resolver(at: (path: string) => number, faultPercent: number, maybeWaits: boolean) {
  return (_source: unknown, args: unknown, _context: unknown, info: GraphQLResolveInfo): unknown => {
    const path = responsePathAsArray(info.path).join('.')
    if (info.fieldName === 'echo' || info.fieldName === 'box')
      return [args, info.fieldName, info.parentType.name, info.path.typename, info.fieldNodes.length]
    return made(info.returnType, path, info.schema)
  }

  function made(type: GraphQLOutputType, path: string, schema: GraphQLSchema, isItem = false): unknown {
    const choice = at(path)
    const value = choice % 100 < faultPercent ? fault(choice, path) : soundValue(type, path, schema)
    // Of a list, all or none: graphql-js loses the rejections of those before one that throws at once.
    if (!maybeWaits || !(isItem || at(`${path} waits`) % 5 < 2)) return value()
    return (async () => {
      for (let turns = at(`${path} turns`) % 3; turns >= 0; turns--) await turn()
      return value()
    })()
  }

  function soundValue(type: GraphQLOutputType, path: string, schema: GraphQLSchema): () => unknown {
    if (isNonNullType(type)) return soundValue(type.ofType, path, schema)
    if (isListType(type)) {
      const items = Array.from({ length: at(`${path} length`) % 4 }, (_, index) =>
        made(type.ofType, `${path}.${index}`, schema, true),
      )
      for (const item of items) if (item instanceof Promise) item.catch(() => {})
      return () => (at(`${path} set`) % 3 === 0 ? new Set(items) : items)
    }
    if (isLeafType(type)) return () => leaf(type.name, at(path))
    const kind = isObjectType(type) ? type.name : ['Cat', 'Dog'][at(`${path} kind`) % 2]
    const plain = [
      'text',
      null,
      7,
      { no: 'text' },
      maybeWaits ? Promise.resolve('later') : 'now',
      () => 'called',
    ][at(`${path} plain`) % 6]
    const plainList = [[1, 2], null, [1, null], 'text', [maybeWaits ? Promise.resolve(3) : 3]][
      at(`${path} list`) % 5
    ]
    const shown = { plainLeaf: leafAt(`${path} leaf`, 3), plainLeaves: leavesAt(`${path} leaves`, 3) }
    return () => ({ kind, path, __typename: kind, plain, plainList, ...shown }) as Thing
  }

  /**
   * An object whose type has no resolvers, most values of which are sound. In lists it has no promises: as above,
   * graphql-js loses the rejections of items before one that throws at once.
   */
  function leafAt(path: string, depth: number, waits = maybeWaits): unknown {
    if (depth === 0) return null
    const value = (name: string, type: string) => {
      const choice = at(`${path} ${name}`)
      if (choice % 100 >= 3 * faultPercent) return type === 'Color' ? 'RED' : leaf(type, choice)
      const faults = [
        null,
        new Error(`In ${path}.`),
        () => leaf(type, choice),
        { no: type },
        Number.NaN,
        'text',
      ]
      const fault = faults[(choice >>> 8) % faults.length]
      return waits && choice % 2 === 0 ? Promise.resolve(fault) : fault
    }
    return {
      ...{ text: value('text', 'String'), id: value('id', 'ID'), number: value('number', 'Int') },
      ...{ flag: value('flag', 'Boolean'), color: value('color', 'Color'), any: value('any', 'Any') },
      ...{ next: leafAt(`${path} next`, depth - 1, waits), leaves: leavesAt(`${path} leaves`, depth - 1) },
      must: at(`${path} must`) % 4 === 0 ? null : leafAt(`${path} must`, depth - 1, waits),
      grid: [[[1, 2], []], [[null]], null, [new Set([1])], [1]][at(`${path} grid`) % 5],
    }
  }

  function leavesAt(path: string, depth: number): unknown {
    const items = Array.from({ length: at(`${path} length`) % 4 }, (_, index) =>
      leafAt(`${path} ${index}`, depth, false),
    )
    return at(`${path} kind`) % 5 === 0 ? new Set(items) : items
  }

  function fault(choice: number, path: string): () => unknown {
    const kind = (choice >>> 8) % 7
    return () => {
      if (kind === 0) return null
      if (kind === 1) return undefined
      if (kind === 2) throw new Error(`Thrown at ${path}.`)
      if (kind === 3) return new Error(`Returned at ${path}.`)
      if (kind === 4) throw new GraphQLError(`Refused at ${path}.`, { extensions: { code: 'REFUSED' } })
      if (kind === 5) return Number.NaN
      throw `no error at ${path}`
    }
  }
}

function leaf(name: string, choice: number): unknown {
  if (name === 'Int') return [0, -0, 7, -(2 ** 31), '12', true, 2 ** 40, 1.5][choice % 8]
  if (name === 'Float') return [0.5, 3, '2.5', 1e300, Number.NaN][choice % 5]
  if (name === 'Boolean') return [true, false, 1, 0][choice % 4]
  if (name === 'Color') return ['RED', 'GREEN', 'RED', 'BLUE'][choice % 4]
  if (name === 'ID') return ['a', 7, 'é "quoted" \u2028 \ud800', ''][choice % 4]
  if (name === 'String') return ['text', '', 'line\nbreak', 12, true, '\u0000\u007f'][choice % 6]
  return [{ a: [1, null, { b: 'c' }] }, 'text', 1, false, []][choice % 5]
}
