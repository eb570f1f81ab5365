import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getNullableType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql'
import { type ApiError, requestError } from '../../schema/core/errors.ts'
import { defaultPageSize } from '../../schema/core/paging.ts'
import { type Visitor, type WalkedField, walkOperation } from '../../schema/core/walk.ts'
import type { Config } from '../config.ts'

export type QueryLimits = Config['limits']

/** What an operation can ask of the server at most. */
export interface Measure {
  /** Levels of nested fields; 1 for `{ __typename }`. */
  readonly depth: number
  readonly aliases: number
  /** Objects that the answer can hold: lists count the items that their fields declare (`listSize`). */
  readonly objects: number
  /** References that a gateway has resolved by all `_entities` fields together. */
  readonly entities: number
}

/** More than any page holds. Beyond the maximum of its field, a page size has an error that says more than ours. */
const largestPage = 1_000

type Variables = Readonly<Record<string, unknown>>

/** Measures a valid document before it is executed, without what introspection asks. */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Measure {
  const { objectsPerItem: _, ...measured } = walkOperation(schema, document, operation, measurer(variables))
  return measured
}

/** Refuses what is beyond a limit, with the figure, the limit and a way out. */
export function overLimit(measured: Measure, limits: QueryLimits): ApiError | undefined {
  const { depth, aliases, objects, entities } = measured
  if (entities > limits.entities) return tooManyEntities(entities, limits.entities)
  if (depth > limits.depth) {
    return refuse(
      `The query nests ${depth} levels of fields; the limit is ${limits.depth}. Split it into several queries.`,
    )
  }
  if (aliases > limits.aliases) {
    return refuse(
      `The query has ${aliases} aliases; the limit is ${limits.aliases}. Split it into several queries.`,
    )
  }
  if (objects > limits.objects) {
    return refuse(
      `The answer could hold ${objects} objects; the limit is ${limits.objects}. ` +
        'Request smaller pages (`first`) or fewer nested lists.',
    )
  }
  return undefined
}

/** For a document whose nesting is beyond what can be parsed at all. */
export function tooDeepToRead(): ApiError {
  return refuse('The query nests too deeply to be read. Split it into several queries.')
}

/** For a document that the parser gave up. */
export function tooLong(limit: number): ApiError {
  return refuse(`The query has more than ${limit} tokens (the limit). Ask in several queries.`)
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

function tooManyEntities(asked: number, most: number): ApiError {
  return requestError(
    'TOO_MANY_ENTITIES',
    `The request refers to ${asked} entities; the limit is ${most}. Split it into several requests.`,
  )
}

interface Part extends Measure {
  /** Objects for each item of the list whose size a field further up declares: below the `edges` of a connection. */
  readonly objectsPerItem: number
}

const nothing: Part = { depth: 0, aliases: 0, objects: 0, objectsPerItem: 0, entities: 0 }

function measurer(variables: Variables): Visitor<Part> {
  return {
    field: (field, below) => measureField(field, below, variables),
    join: (parts) =>
      parts.reduce(
        (total, part) => ({
          depth: Math.max(total.depth, part.depth),
          aliases: total.aliases + part.aliases,
          objects: total.objects + part.objects,
          objectsPerItem: total.objectsPerItem + part.objectsPerItem,
          entities: total.entities + part.entities,
        }),
        nothing,
      ),
  }
}

function measureField(
  { node, definition }: WalkedField,
  below: Part | undefined,
  variables: Variables,
): Part {
  const aliases = node.alias ? 1 : 0
  if (!definition || !below) return { ...nothing, depth: 1, aliases }
  const size = declaredListSize(definition)
  const items = size && itemsOf(node, definition, size, variables)
  const isList = isListType(getNullableType(definition.type))
  const each = 1 + below.objects + below.objectsPerItem * ((isList ? undefined : items) ?? defaultPageSize)
  const whole = {
    depth: 1 + below.depth,
    aliases: aliases + below.aliases,
    entities: below.entities + (definition.name === '_entities' ? (items ?? 0) : 0),
  }
  if (!isList) return { ...whole, objects: each, objectsPerItem: 0 }
  return items === undefined
    ? { ...whole, objects: 0, objectsPerItem: each }
    : { ...whole, objects: items * each, objectsPerItem: 0 }
}

/** How many items the list of a field has, or the lists below it that `sizedFields` names. */
interface ListSize {
  /** Where no argument says it. */
  readonly assumedSize?: number
  /** The arguments that are a number of items. */
  readonly slicingArguments?: readonly string[]
  readonly sizedFields?: readonly string[]
  /** The argument that is a list of as many items: an extension, as `@listSize` has no word for it. */
  readonly lengthOf?: string
}

/** What a field declares by `listSize` or by the extension `lengthOf`; undefined if it declares nothing. */
export function declaredListSize({ extensions }: GraphQLField<unknown, unknown>): ListSize | undefined {
  const { directives = [], lengthOf } = extensions as Declared
  const size = directives.find(({ name }) => name === 'listSize')?.args
  return lengthOf === undefined ? size : { ...size, lengthOf }
}

interface Declared {
  /** As the directives plugin keeps them. */
  readonly directives?: readonly { readonly name: string; readonly args: ListSize }[]
  readonly lengthOf?: string
}

/** How many items a list has at most for these arguments, as its field declares it. */
function itemsOf(
  node: FieldNode,
  { args }: GraphQLField<unknown, unknown>,
  { assumedSize = defaultPageSize, slicingArguments = [], lengthOf }: ListSize,
  variables: Variables,
): number {
  const given = (name: string) => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value
    return (
      (value && valueIn(value, variables)) ?? args.find((argument) => argument.name === name)?.defaultValue
    )
  }
  if (lengthOf !== undefined) {
    const list = given(lengthOf)
    // GraphQL takes a single value for a list of one.
    return Array.isArray(list) ? list.length : list == null ? 0 : 1
  }
  const sizes = slicingArguments.map(given).filter((size) => typeof size === 'number')
  return sizes.length > 0 ? Math.min(Math.max(0, ...sizes), largestPage) : assumedSize
}

function valueIn(node: ValueNode, variables: Variables): unknown {
  if (node.kind === Kind.VARIABLE) return variables[node.name.value]
  if (node.kind === Kind.INT) return Number(node.value)
  if (node.kind === Kind.LIST) return node.values
  if (node.kind === Kind.NULL) return undefined
  return node
}
