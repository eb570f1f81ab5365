import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { Context } from './context.ts'

/** Characters around a value and its name in JSON: quotes, colon and comma. */
const punctuation = 4
/** Characters of a number, a date, or another value of about one size. */
const shortValue = 8

/**
 * Makes the resolvers of a schema count what the answer takes, each value under the name that the client gave it, in
 * the budget of the context. After a stop, fields with objects give none, so that what is left of the execution is
 * little. Nothing is counted for contexts without a budget. Fields without a resolver are the executor's to count: see
 * `countedProperty`.
 */
export function countAnswers(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      if (!field.resolve) continue
      const count = isLeafType(getNamedType(field.type)) ? countingValues : countingObjects
      field.resolve = count(field, field.resolve)
    }
  }
  return schema
}

/** Resolves fields without a resolver, as graphql-js does, and counts them. */
export const countedProperty: GraphQLFieldResolver<unknown, Context> = (source, args, context, info) => {
  const value: unknown = defaultFieldResolver(source, args, context, info)
  const isValue = typeof value !== 'object' || isLeafType(getNamedType(info.returnType))
  context?.budget?.spend(lengthOf(info.path.key) + punctuation + (isValue ? sizeOf(value) : 0))
  return value
}

type Field = GraphQLField<unknown, Context>
type Resolver = GraphQLFieldResolver<Readonly<Record<string, unknown>> | undefined, Context>

function countingValues(_field: Field, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const value = resolve(source, args, context, info)
    const budget = context?.budget
    if (!budget) return value
    const around = lengthOf(info.path.key) + punctuation
    if (!(value instanceof Promise)) {
      budget.spend(around + sizeOf(value))
      return value
    }
    return value.then((resolved: unknown) => {
      budget.spend(around + sizeOf(resolved))
      return resolved
    })
  }
}

/**
 * Throws nothing: an error that is thrown at once by one item of a list leaves the promises of the items before it
 * without a handler, in graphql-js as in the executor of @graphql-tools.
 */
function countingObjects({ type }: Field, resolve: Resolver): Resolver {
  const isList = isListType(getNullableType(type))
  return (source, args, context, info) => {
    const budget = context?.budget
    budget?.spend(lengthOf(info.path.key) + punctuation)
    if (!budget?.stoppedBy) return resolve(source, args, context, info)
    if (isList) return []
    return isNonNullType(type) ? Promise.reject(budget.stoppedBy) : null
  }
}

function lengthOf(key: string | number): number {
  return typeof key === 'string' ? key.length : 0
}

/** Characters of a value as JSON, at least about. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + 1 + sizeOf(item), 2)
  if (typeof value !== 'object' || value === null || value instanceof Date) return shortValue
  return JSON.stringify(value).length
}
