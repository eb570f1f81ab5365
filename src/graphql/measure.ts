import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql'
import { costOf, declaresCost, objectCost } from '../../schema/core/cost.ts'
import { type ExecutedField, type Fold, foldExecuted } from '../../schema/core/fold.ts'
import { defaultPageSize } from '../../schema/core/paging.ts'
import { outlineOf } from '../../schema/core/walk.ts'
import { declaredListSize, givenArguments, itemsOf, type Variables } from './list-size.ts'

/** What an operation can ask of the server at most. */
export interface Measure {
  /** Levels of nested fields, introspection excluded; 1 for `{ __typename }`. */
  readonly depth: number
  readonly aliases: number
  /** Points: of each field its own, times the sizes of the lists above it; see schema/core/cost.ts. */
  readonly cost: number
  /** The part of the cost that fields declare for what they do, beside showing values. */
  readonly work: number
  /** Values that the answer can hold. */
  readonly values: number
  /** References that a gateway has resolved by all `_entities` fields together. */
  readonly entities: number
}

/** Measures a valid document before it is executed. */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Measure {
  const folded = foldExecuted(schema, document, operation, variables, measuring(schema, variables))
  const aliases = outlineOf(schema, document, operation).fields.filter(({ node }) => node.alias).length
  if (!folded) return { ...nothing, aliases, cost: Number.POSITIVE_INFINITY }
  const { depth, cost, work, values, entities } = folded
  return { depth, aliases, cost, work, values, entities }
}

/** Names the field that costs most, with its share, e.g. `The dearest field is Paper.related with 900 points. ` */
export function dearestField(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): string {
  const folded = foldExecuted(schema, document, operation, variables, measuring(schema, variables, new Map()))
  const [name, cost] = [...(folded?.shares ?? [])].sort(([, one], [, other]) => other - one)[0] ?? []
  return name === undefined || cost === undefined
    ? ''
    : `The dearest field is ${name} with ${Math.ceil(cost)} points. `
}

/** Points by field. */
type Shares = ReadonlyMap<string, number>

interface Part extends Omit<Measure, 'aliases'> {
  /** Of each item of the list whose size a field further up declares: below the `edges` of a connection. */
  readonly perItem: {
    readonly cost: number
    readonly work: number
    readonly values: number
    readonly shares?: Shares | undefined
  }
  /** Known if it is asked for. */
  readonly shares?: Shares | undefined
}

const nothing: Part & Measure = {
  ...{ depth: 0, aliases: 0, cost: 0, work: 0, values: 0, entities: 0 },
  perItem: { cost: 0, work: 0, values: 0 },
}

/** With `noShares`, an empty map, the shares of all fields are kept apart. */
function measuring(schema: GraphQLSchema, variables: Variables, noShares?: Shares): Fold<Part> {
  const sizes = introspectionSizes(schema)
  return {
    field: (field, below) => measureField(field, below, { variables, sizes, noShares }),
    join: (parts) => parts.reduce(both, nothing),
    either: (parts) =>
      parts.reduce(
        (most, part) => (part.cost + part.perItem.cost > most.cost + most.perItem.cost ? part : most),
        nothing,
      ),
  }
}

function both(one: Part, other: Part): Part {
  return {
    depth: Math.max(one.depth, other.depth),
    cost: one.cost + other.cost,
    work: one.work + other.work,
    values: one.values + other.values,
    entities: one.entities + other.entities,
    perItem: {
      cost: one.perItem.cost + other.perItem.cost,
      work: one.perItem.work + other.perItem.work,
      values: one.perItem.values + other.perItem.values,
      shares: added(one.perItem.shares, 1, other.perItem.shares, 1),
    },
    shares: added(one.shares, 1, other.shares, 1),
  }
}

interface Measuring {
  readonly variables: Variables
  readonly sizes: ReadonlyMap<string, number>
  readonly noShares: Shares | undefined
}

function measureField(
  { node, parent, definition }: ExecutedField,
  below: Part | undefined,
  how: Measuring,
): Part {
  const { variables, sizes, noShares } = how
  const name = `${parent.name}.${definition.name}`
  const own = costOf(definition, () => givenArguments(node, variables))
  const ownWork = declaresCost(definition) ? own : 0
  const ownShares = noShares && new Map([[name, own]])
  if (!below) return { ...nothing, depth: 1, cost: own, work: ownWork, values: 1, shares: ownShares }
  const size = declaredListSize(definition)
  const items = sizes.get(name) ?? (size && itemsOf(node, definition, size, variables))
  const isList = isListType(getNullableType(definition.type))
  const inner = (isList ? undefined : items) ?? defaultPageSize
  const each = {
    cost: below.cost + below.perItem.cost * inner + (isList ? objectCost : 0),
    work: below.work + below.perItem.work * inner,
    values: 1 + below.values + below.perItem.values * inner,
    shares: added(below.shares, 1, below.perItem.shares, inner),
  }
  const whole = {
    depth: name.includes('__') ? 1 : 1 + below.depth,
    entities: below.entities + (definition.name === '_entities' ? (items ?? 0) : 0),
  }
  const { perItem } = nothing
  if (isList && items === undefined)
    return { ...whole, cost: own, work: ownWork, values: 0, perItem: each, shares: ownShares }
  const times = isList ? (items ?? 0) : 1
  return {
    ...{ ...whole, perItem, cost: own + each.cost * times, work: ownWork + each.work * times },
    ...{ values: each.values * times, shares: added(ownShares, 1, each.shares, times) },
  }
}

function added(
  one: Shares | undefined,
  times: number,
  other: Shares | undefined,
  otherTimes: number,
): Shares | undefined {
  if (!one && !other) return undefined
  const sum = new Map<string, number>()
  for (const [shares, factor] of [
    [one, times],
    [other, otherTimes],
  ] as const)
    for (const [name, cost] of shares ?? []) sum.set(name, (sum.get(name) ?? 0) + cost * factor)
  return sum
}

const introspectionSizesKnown = new WeakMap<GraphQLSchema, ReadonlyMap<string, number>>()

/** How long the lists of introspection are, on average where they differ. */
function introspectionSizes(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const existing = introspectionSizesKnown.get(schema)
  if (existing) return existing
  const types = Object.values(schema.getTypeMap())
  const amount = (of: (type: GraphQLNamedType) => readonly unknown[]) =>
    types.reduce((sum, type) => sum + of(type).length, 0)
  const fieldsOf = (type: GraphQLNamedType) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
  const fields = types.flatMap(fieldsOf)
  const each = {
    fields: fields.length,
    inputFields: amount((type) => (isInputObjectType(type) ? Object.keys(type.getFields()) : [])),
    enumValues: amount((type) => (isEnumType(type) ? type.getValues() : [])),
    possibleTypes: amount((type) => (isAbstractType(type) ? schema.getPossibleTypes(type) : [])),
    interfaces: amount((type) => (isObjectType(type) ? type.getInterfaces() : [])),
  }
  const sizes = new Map([
    ['__Schema.types', types.length],
    ['__Schema.directives', schema.getDirectives().length],
    ...Object.entries(each).map(([name, total]) => [`__Type.${name}`, total / types.length] as const),
    ['__Field.args', fields.reduce((sum, { args }) => sum + args.length, 0) / fields.length],
    ['__Directive.args', 2],
  ])
  introspectionSizesKnown.set(schema, sizes)
  return sizes
}
