import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql'
import { outlineOf } from '../../../schema/core/walk.ts'

/** What an answer may be kept for. */
export interface Freshness {
  /** Whether a cache has to ask again each time before it shows a kept answer. */
  readonly revalidate: boolean
  /** Whether the clock is in it: then the same rows give another answer a moment later. */
  readonly clocked: boolean
}

interface Hint {
  readonly revalidate?: true
  readonly clocked?: true | ((args: Readonly<Record<string, unknown>>) => boolean)
}

const trendingNow = ({ order, asOf }: Readonly<Record<string, unknown>>) =>
  order === 'TRENDING' && asOf == null

/** The fields that are no paper content to keep for a while, or that read the clock. */
export const hints: Readonly<Record<string, Hint>> = {
  'Query.feed': { revalidate: true },
  'Query.feedPosition': { revalidate: true },
  'Query.papers': { clocked: trendingNow },
  'Query.sources': { revalidate: true },
  'Paper.trending': { clocked: ({ asOf }) => asOf == null },
  'Period.papers': { clocked: trendingNow },
  'Source.lagSeconds': { clocked: true },
  'Source.late': { clocked: true },
}

/**
 * What may become of the answer to a valid operation; undefined for all but queries. Looks at every field,
 * `@skip` or not: to keep an answer for too short a time does no harm.
 */
export function freshnessOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
): Freshness | undefined {
  const operation = getOperationAST(document, operationName)
  if (operation?.operation !== OperationTypeNode.QUERY) return undefined
  let revalidate = false
  let clocked = false
  for (const { node, definition, hint } of hintedFields(schema, document, operation)) {
    revalidate ||= hint.revalidate ?? false
    clocked ||=
      typeof hint.clocked === 'function'
        ? hint.clocked(argumentsOf(definition, node, variables))
        : (hint.clocked ?? false)
  }
  return { revalidate, clocked }
}

interface HintedField {
  readonly node: FieldNode
  readonly definition: GraphQLField<unknown, unknown>
  readonly hint: Hint
}

const knownFields = new WeakMap<OperationDefinitionNode, readonly HintedField[]>()

/** The fields of an operation that have a hint, looked for once. */
function hintedFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly HintedField[] {
  let fields = knownFields.get(operation)
  if (!fields) {
    fields = outlineOf(schema, document, operation).fields.flatMap(({ node, parent, definition }) => {
      const hint = definition && hints[`${parent?.name}.${definition.name}`]
      return hint ? [{ node, definition, hint }] : []
    })
    knownFields.set(operation, fields)
  }
  return fields
}

/** Values as the client wrote them; those that the executor will refuse are as good as none. */
function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  try {
    return getArgumentValues(field, node, { ...variables })
  } catch {
    return {}
  }
}
