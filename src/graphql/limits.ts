import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql'
import { type ApiError, requestError } from '../../schema/core/errors.ts'
import { defaultPageSize } from '../../schema/core/paging.ts'
import type { Config } from '../config.ts'

export type QueryLimits = Config['limits']

/** What an operation can ask of the server at most. */
export interface Measure {
  /** Levels of nested fields; 1 for `{ __typename }`. */
  depth: number
  aliases: number
  /** Objects that the answer can hold: lists count their page size, or `assumedLength` where none is given. */
  objects: number
}

/** Lists without a page size (authors, keywords) are short on nearly every paper. */
const assumedLength = 10

/** More than any page holds. Beyond the maximum of its field, a page size has an error that says more than ours. */
const largestPage = 1_000

type Variables = Readonly<Record<string, unknown>>
interface Scope {
  readonly schema: GraphQLSchema
  readonly variables: Variables
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Each fragment is measured once, so that fragments within fragments cost no exponential time. */
  readonly known: Map<string, Measure>
}

/**
 * Measures a valid document before it is executed. Introspection is left out: it reads no data, and graphql-js
 * itself bounds its depth.
 */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const scope: Scope = { schema, variables, fragments, known: new Map() }
  return selections(operation.selectionSet, schema.getRootType(operation.operation)?.name, undefined, scope)
}

/** Refuses what is beyond a limit, with the figure, the limit and a way out. */
export function overLimit(measured: Measure, limits: QueryLimits): ApiError | undefined {
  const { depth, aliases, objects } = measured
  if (depth > limits.depth) {
    return refuse(
      `The query nests ${depth} levels of fields; the limit is ${limits.depth}. Ask in several queries.`,
    )
  }
  if (aliases > limits.aliases) {
    return refuse(`The query has ${aliases} aliases; the limit is ${limits.aliases}. Ask in several queries.`)
  }
  if (objects > limits.objects) {
    return refuse(
      `The answer could hold ${objects} objects; the limit is ${limits.objects}. ` +
        'Ask for smaller pages (`first`) or for fewer nested lists.',
    )
  }
  return undefined
}

/** For a document whose nesting is beyond what can be parsed at all. */
export function tooDeepToRead(): ApiError {
  return refuse('The query nests too deeply to be read. Ask in several queries.')
}

/** The variables with the defaults that the operation declares: execution fills them in only later. */
export function withDefaults({ variableDefinitions }: OperationDefinitionNode, given: Variables): Variables {
  const defaults = (variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  )
  // Entries, and not assignments: a variable may be called `__proto__`.
  return Object.fromEntries([...defaults, ...Object.entries(given)])
}

function refuse(message: string): ApiError {
  return requestError('QUERY_TOO_LARGE', message)
}

/** `pageSize` is the one that a connection was asked for: its `edges` and `nodes` have that many items. */
function selections(
  set: SelectionSetNode,
  typeName: string | undefined,
  pageSize: number | undefined,
  scope: Scope,
): Measure {
  const total: Measure = { depth: 0, aliases: 0, objects: 0 }
  for (const selection of set.selections) {
    let part: Measure
    if (selection.kind === Kind.FIELD) part = field(selection, typeName, pageSize, scope)
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      part = selections(
        selection.selectionSet,
        selection.typeCondition?.name.value ?? typeName,
        pageSize,
        scope,
      )
    } else part = fragment(selection.name.value, pageSize, scope)
    total.depth = Math.max(total.depth, part.depth)
    total.aliases += part.aliases
    total.objects += part.objects
  }
  return total
}

function fragment(name: string, pageSize: number | undefined, scope: Scope): Measure {
  const key = `${name} ${pageSize ?? ''}`
  let measured = scope.known.get(key)
  const definition = scope.fragments.get(name)
  if (!measured && definition) {
    measured = selections(definition.selectionSet, definition.typeCondition.name.value, pageSize, scope)
    scope.known.set(key, measured)
  }
  return measured ?? { depth: 0, aliases: 0, objects: 0 }
}

function field(
  node: FieldNode,
  typeName: string | undefined,
  pageSize: number | undefined,
  scope: Scope,
): Measure {
  const aliases = node.alias ? 1 : 0
  const definition = fieldOf(typeName, node.name.value, scope.schema)
  if (!definition || !node.selectionSet) return { depth: 1, aliases, objects: 0 }
  const type = getNamedType(definition.type)
  if (!isCompositeType(type)) return { depth: 1, aliases, objects: 0 }
  const asked = sizeAsked(node, definition, scope.variables)
  const times = isList(definition.type) ? (asked ?? pageSize ?? assumedLength) : 1
  const inner = selections(node.selectionSet, type.name, isList(definition.type) ? undefined : asked, scope)
  return { depth: inner.depth + 1, aliases: aliases + inner.aliases, objects: times * (1 + inner.objects) }
}

function fieldOf(typeName: string | undefined, name: string, schema: GraphQLSchema) {
  const type = typeName === undefined ? undefined : schema.getType(typeName)
  // Introspection fields are not among a type's own, so they count as leaves.
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type))
}

/** The page size, or the number of things asked for by a list (`nodes(ids: …)`, `_entities(representations: …)`). */
function sizeAsked(
  node: FieldNode,
  definition: GraphQLField<unknown, unknown>,
  variables: Variables,
): number | undefined {
  const sizes: number[] = []
  let isConnection = false
  for (const argument of definition.args) {
    const pages = argument.name === 'first' || argument.name === 'last'
    if (!pages && !isListType(getNullableType(argument.type))) continue
    isConnection ||= pages
    const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value
    const value = (given && valueIn(given, variables)) ?? argument.defaultValue
    if (Array.isArray(value)) sizes.push(value.length)
    else if (typeof value === 'number') sizes.push(Math.min(value, largestPage))
  }
  if (sizes.length > 0) return Math.max(0, ...sizes)
  return isConnection ? defaultPageSize : undefined
}

function valueIn(node: ValueNode, variables: Variables): unknown {
  if (node.kind === Kind.VARIABLE) return variables[node.name.value]
  if (node.kind === Kind.INT) return Number(node.value)
  if (node.kind === Kind.LIST) return node.values
  return undefined
}
