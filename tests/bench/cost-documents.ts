import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { addDays } from '../../db/model/period.ts'

/** A field of a generated document. */
export interface Node {
  readonly type: GraphQLNamedType
  readonly field: GraphQLField<unknown, unknown>
  args: Record<string, string>
  children: Node[]
}

/** Arguments that find something, the commonest of each kind first. */
export interface Words {
  readonly names: Readonly<Record<string, readonly string[]>>
  readonly texts: readonly string[]
  readonly latest: string
}

type Draw = () => number

export async function wordsOf(db: Db): Promise<Words> {
  const texts = async (column: string, table: string) => {
    const { rows } = await sql<{ name: string }>`
      select ${sql.ref(column)} as name from ${sql.table(table)}
      group by 1 order by count(*) desc limit 5`.execute(db)
    return rows.map(({ name }) => name)
  }
  const { rows } = await sql<{ latest: string; id: string; word: string }>`
    select (select max(last_listed_on)::text from paper) as latest, max(arxiv_id) as id,
      (select split_part(title, ' ', 2) from paper order by id limit 1) as word from paper`.execute(db)
  const [{ latest = '2026-01-01', id = '', word = 'model' } = {}] = rows
  return {
    latest,
    names: {
      author: await texts('author_name', 'paper_author'),
      keyword: await texts('keyword_key', 'paper_keyword'),
      account: await texts('submitter_name', 'listing'),
      organization: await texts('organization_name', 'paper'),
      arxivId: [id],
    },
    texts: [
      ...['model', 'language model', '"language model"', `"${word} model"`, 'model -data -large -vision'],
      ...['the large language model of data and vision for learning', 'lnaguage modle visoin', `${word}`],
      ...['model or data or vision or learning or language', '-model', '"model data" "vision language"'],
    ],
  }
}

/** Draws documents from a schema, and changes of them. `draw` gives numbers from 0 to 1. */
export class Documents {
  readonly #schema: GraphQLSchema
  readonly #words: Words
  readonly #draw: Draw

  constructor(schema: GraphQLSchema, words: Words, draw: Draw) {
    this.#schema = schema
    this.#words = words
    this.#draw = draw
  }

  random(): Node[] {
    return Array.from({ length: 1 + this.#below(3) }, () => this.#field(this.#query, 0))
  }

  /** A changed copy. */
  changed(roots: readonly Node[]): Node[] {
    const copy = roots.map(clone)
    const all = [...everyNode(copy)]
    const node = this.#one(all)
    const kind = this.#draw()
    if (!node || kind < 0.15) return [...copy, this.#field(this.#query, 0)]
    if (kind < 0.35) return [...copy, ...copy.map(clone)]
    if (kind < 0.45 && copy.length > 1) return copy.toSpliced(this.#below(copy.length), 1)
    if (kind < 0.7) node.args = this.#arguments(node.field)
    else if (kind < 0.85 || node.children.length === 0) {
      const below = getNamedType(node.field.type)
      if (isCompositeType(below)) node.children.push(this.#field(below, 4))
    } else if (node.children.length > 1) node.children.splice(this.#below(node.children.length), 1)
    return copy
  }

  get #query(): GraphQLNamedType {
    return this.#schema.getQueryType() as GraphQLNamedType
  }

  #field(type: GraphQLNamedType, depth: number): Node {
    const fields = (
      isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
    ).filter(
      ({ name, type: of }) => !name.startsWith('_') && (depth < 7 || !isCompositeType(getNamedType(of))),
    )
    const field = this.#one(fields)
    // A union, or a type of objects alone at the end: its name is what all have.
    if (!field) return { type, field: typename, args: {}, children: [] }
    const below = getNamedType(field.type)
    const children = isCompositeType(below)
      ? Array.from({ length: 1 + this.#below(3) }, () => this.#field(below, depth + 1))
      : []
    return { type, field, args: this.#arguments(field), children }
  }

  #arguments({ args, name }: GraphQLField<unknown, unknown>): Record<string, string> {
    const given = args
      .filter((argument) => isRequiredArgument(argument) || this.#draw() < 0.6)
      .filter(
        (argument) => !['after', 'before', 'last', 'kinds', 'asOf', 'since', 'id'].includes(argument.name),
      )
      .map((argument) => [argument.name, this.#value(argument, name)] as const)
    const values = Object.fromEntries(given.filter(([, value]) => value !== ''))
    if (name === 'period') return { month: JSON.stringify(this.#words.latest.slice(0, 7)) }
    if (name === 'paper') return { arxivId: this.#name('arxivId') }
    if (name === 'node' || name === 'nodes') return { [name === 'node' ? 'id' : 'ids']: '"UGFwZXI6MQ=="' }
    return values
  }

  #value({ name, type }: GraphQLArgument, field: string): string {
    const named = getNamedType(type)
    if (name === 'filter') return this.#filter()
    if (name === 'first') return String(this.#draw() < 0.5 ? mostOf(field) : 1 + this.#below(mostOf(field)))
    if (name === 'text') return JSON.stringify(this.#one(this.#words.texts))
    if (name === 'typed') return JSON.stringify(this.#one(['me', 'mode', 'a b', 'the']))
    if (name === 'from')
      return JSON.stringify(addDays(this.#words.latest, field === 'editions' ? -3000 : -90))
    if (name === 'to' || name === 'date') return JSON.stringify(this.#words.latest)
    if (name === 'key') return this.#name('keyword')
    if (name === 'name') return this.#name(field)
    if (isEnumType(named)) return this.#one(named.getValues())?.name ?? ''
    return ''
  }

  #filter(): string {
    const parts = [
      () => `text: ${JSON.stringify(this.#one(this.#words.texts))}`,
      () => `authors: [${this.#name('author')}]`,
      () => `keywords: [${this.#name('keyword')}, ${this.#name('keyword')}]`,
      () => `organizations: [${this.#name('organization')}]`,
      () => `submitters: [${this.#name('account')}]`,
      () => 'categories: ["cs.CL", "quant-ph"]',
      () => `minUpvotes: ${this.#one([1, 50, 5000])}`,
      () => `hasCode: ${this.#one([true, false])}`,
      () => 'withdrawn: false',
      () => `publishedTo: "${addDays(this.#words.latest, -3000)}"`,
      () => `editionFrom: "${addDays(this.#words.latest, -this.#below(3000))}"`,
    ].filter(() => this.#draw() < 0.2)
    return `{${parts.map((part) => part()).join(', ')}}`
  }

  #name(kind: string): string {
    return JSON.stringify(this.#one(this.#words.names[kind] ?? ['x']) ?? 'x')
  }

  #below(most: number): number {
    return Math.floor(this.#draw() * most)
  }

  #one<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#below(items.length)]
  }
}

const typename = { name: '__typename', args: [] } as unknown as GraphQLField<unknown, unknown>

function mostOf(field: string): number {
  return (
    { related: 20, coAuthors: 50, suggestions: 20, feed: 500, history: 500 }[field] ??
    (/^(keywords|organizations|years)$/.test(field) ? 50 : 100)
  )
}

function clone(node: Node): Node {
  return { ...node, args: { ...node.args }, children: node.children.map(clone) }
}

function* everyNode(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node
    yield* everyNode(node.children)
  }
}

/** The document. Fields that stand beside another one with their name get an alias. */
export function printed(roots: readonly Node[]): string {
  const print = (nodes: readonly Node[]): string => {
    const seen = new Set<string>()
    const fields = nodes.map((node) => {
      const { name } = node.field
      let answer = name
      for (let copy = 1; seen.has(answer); copy += 1) answer = `${name.replaceAll('_', '')}${copy}`
      seen.add(answer)
      const args = Object.entries(node.args).map(([key, value]) => `${key}: ${value}`)
      const given = args.length > 0 ? `(${args.join(', ')})` : ''
      return `${answer === name ? '' : `${answer}: `}${name}${given}${node.children.length > 0 ? print(node.children) : ''}`
    })
    return ` { ${fields.join(' ')} }`
  }
  return print(roots).trim()
}
