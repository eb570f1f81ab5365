import fc from 'fast-check'
import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
} from 'graphql'
import { hashOf } from './misbehaving-schema.ts'

type Composite = GraphQLObjectType | GraphQLInterfaceType

/** Operations with aliases, fragments, conditions, arguments and variables, all of them valid. */
export function documents(
  schema: GraphQLSchema,
): fc.Arbitrary<{ document: string; variables: Record<string, unknown> }> {
  return fc
    .record({
      mutation: fc.integer({ min: 0, max: 5 }).map((roll) => roll === 0),
      choices: fc.array(fc.nat({ max: 1_000_000 }), { minLength: 40, maxLength: 160 }),
      a: fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined }),
      yes: fc.boolean(),
      no: fc.option(fc.boolean(), { nil: undefined }),
    })
    .map(({ mutation, choices, a, yes, no }) => {
      const writer = new DocumentWriter(schema, choices)
      const root = (mutation ? schema.getMutationType() : schema.getQueryType()) as GraphQLObjectType
      const body = writer.selection(root, 4)
      return {
        document: `${mutation ? 'mutation' : 'query'} Q($a: Int, $yes: Boolean!, $no: Boolean = false, $box: Box) ${body}\n${writer.fragments()}`,
        variables: {
          ...(a !== undefined && { a }),
          yes,
          ...(no !== undefined && { no }),
          box: { tags: ['t'] },
        },
      }
    })
}

class DocumentWriter {
  readonly #schema: GraphQLSchema
  readonly #choices: readonly number[]
  #next = 0
  readonly #fragments: string[] = []

  constructor(schema: GraphQLSchema, choices: readonly number[]) {
    this.#schema = schema
    this.#choices = choices
  }

  fragments(): string {
    return this.#fragments.join('\n')
  }

  selection(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type)
    const possible = isAbstractType(named) ? this.#schema.getPossibleTypes(named) : []
    const parts: string[] = []
    for (let count = 1 + (this.#roll() % 4); count > 0; count--) {
      const roll = this.#roll() % 10
      if (roll === 0) parts.push(`${this.#alias('__typename')}__typename`)
      else if (roll === 1 && depth > 0)
        parts.push(`... ${this.#condition()} ${this.selection(type, depth - 1)}`)
      else if (roll === 2 && possible.length > 0) {
        const on = this.#pick(possible) as GraphQLObjectType
        parts.push(`... on ${on.name} ${this.#condition()} ${this.selection(on, depth - 1)}`)
      } else if (roll === 3 && depth > 0) {
        const name = `F${this.#fragments.length}`
        this.#fragments.push('')
        const index = this.#fragments.length - 1
        this.#fragments[index] = `fragment ${name} on ${named.name} ${this.selection(type, depth - 1)}`
        parts.push(`...${name} ${this.#condition()}`, ...(this.#roll() % 3 === 0 ? [`...${name}`] : []))
      } else if ('getFields' in named) parts.push(this.#field(named as Composite, depth))
      else parts.push('__typename')
    }
    return `{ ${parts.join(' ')} }`
  }

  #field(type: Composite, depth: number): string {
    const fields = Object.values(type.getFields())
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)))
    const field = this.#pick(depth > 0 ? fields : leaves) as GraphQLField<unknown, unknown> | undefined
    if (!field) return '__typename'
    const below = isLeafType(getNamedType(field.type)) ? '' : this.selection(field.type, depth - 1)
    // An alias of its own for each way of asking: fields that differ in their arguments do not merge.
    const [variant, given] = this.#arguments(field.name)
    const alias = variant ? `${field.name}${variant}: ` : this.#alias(field.name)
    return `${alias}${field.name}${given} ${this.#condition()} ${below}`
  }

  #arguments(name: string): [variant: number, text: string] {
    if (name === 'echo')
      return this.#pick([
        [1, '(e: 1)'],
        [2, '(a: $a, e: "x", b: $box)'],
        [3, '(a: null, e: "y", c: [{}, { width: 2, inner: { tags: "one" } }])'],
        [4, '(e: $a)'.replace('$a', '"z"') as string],
        [5, '(e: "v", c: [$box2])'.replace('[$box2]', '[{ width: 1 }]')],
        [6, '(e: "w", b: { width: 1, tags: ["a"], inner: $box }, d: RED)'],
      ])
    if (name === 'box')
      return this.#pick([
        [1, ''],
        [2, '(box: { width: 4 })'],
        [3, '(box: $box, sizes: 2)'],
      ])
    if (name === 'tame')
      return this.#pick([
        [1, '(as: false)'],
        [2, '(as: $yes)'],
        [3, ''],
      ])
    return [0, '']
  }

  #alias(name: string): string {
    // `__proto__` is a name like any other.
    return this.#roll() % 6 === 0
      ? this.#roll() % 4 === 0 && name === '__typename'
        ? '__proto__: '
        : `x_${name}: `
      : ''
  }

  #condition(): string {
    return this.#pick([
      '',
      '',
      '',
      '',
      '@include(if: $yes)',
      '@skip(if: $yes)',
      '@include(if: true)',
      '@skip(if: $no)',
    ])
  }

  #roll(): number {
    const choice = this.#choices[this.#next % this.#choices.length] ?? 0
    this.#next += 1
    // Around again it is another choice, so that documents end.
    return hashOf(`${choice} ${this.#next}`)
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#roll() % items.length] as Item
  }
}
