import {
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  isObjectType,
} from 'graphql'
import type { SelectedField } from './info.ts'

/** The object type that a value has at runtime, by its name. Throws as graphql-js does if it cannot be one. */
export function runtimeTypeOf(
  name: unknown,
  type: GraphQLAbstractType,
  value: unknown,
  { parent, definition }: SelectedField,
  { schema }: GraphQLResolveInfo,
): GraphQLObjectType {
  const fieldName = `${parent.name}.${definition.name}`
  if (name == null)
    throw new Error(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${fieldName}". Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
    )
  if (typeof name !== 'string')
    throw new Error(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${fieldName}" ` +
        `with value of type ${typeof value}, received a ${typeof name}.`,
    )
  const runtimeType = schema.getType(name)
  if (!runtimeType)
    throw new Error(
      `Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`,
    )
  if (!isObjectType(runtimeType))
    throw new Error(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`)
  if (!schema.isSubType(type, runtimeType))
    throw new Error(`Runtime Object type "${name}" is not a possible type for "${type.name}".`)
  return runtimeType
}

/** Throws as graphql-js does if `isTypeOf` of the type denied that a value is of it. */
export function throwUnlessTypeOf(answer: boolean, type: GraphQLObjectType, value: unknown): void {
  if (!answer) throw new Error(`Expected value of type "${type.name}" but got: ${typeof value}.`)
}
