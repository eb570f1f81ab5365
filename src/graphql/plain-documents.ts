import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql'
import { LRUCache } from 'lru-cache'
import { outlineOf } from '../../schema/core/walk.ts'
import type { Engine, Transport } from './engine.ts'
import type { TrustedDocuments } from './trusted.ts'

/** A valid document, with the schema that it is executed against. */
export interface PlainDocument {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly isMutation: boolean
}

/** Documents that are remembered, as many as the engine itself keeps parsed. */
const remembered = 1_000

/** Parses, validates and looks at each document once. */
export class PlainDocuments {
  readonly #engine: Engine
  readonly #trusted: TrustedDocuments
  /** By text; by the name of the operation, if one was given. */
  readonly #known = new LRUCache<string, Map<string | undefined, PlainDocument>>({ max: remembered })

  constructor(engine: Engine, trusted: TrustedDocuments) {
    this.#engine = engine
    this.#trusted = trusted
  }

  /** The document of a query or mutation with an answer in one piece; undefined for all else, among it what is invalid. */
  find(query: string, operationName: string | undefined, transport: Transport): PlainDocument | undefined {
    const existing = this.#known.get(query)?.get(operationName)
    if (existing) return existing
    const found = this.#check(query, operationName, transport)
    if (!found) return undefined
    const known = this.#known.get(query) ?? new Map<string | undefined, PlainDocument>()
    this.#known.set(query, known.set(operationName, found))
    return found
  }

  #check(query: string, operationName: string | undefined, transport: Transport): PlainDocument | undefined {
    try {
      if (this.#trusted.documentOf({ query }) !== query) return undefined
      const { parse, validate, schema } = this.#engine.getEnveloped(transport)
      const document = parse(query) as DocumentNode
      if (validate(schema, document).length > 0) return undefined
      const operation = getOperationAST(document, operationName)
      if (!operation || operation.operation === 'subscription') return undefined
      if (outlineOf(schema, document, operation).incremental) return undefined
      return { schema, document, isMutation: operation.operation === 'mutation' }
    } catch {
      return undefined
    }
  }
}
