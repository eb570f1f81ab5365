import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import {
  type ErrorPlace,
  type Execution,
  isPromise,
  type Json,
  type Path,
  type Pending,
} from './execution.ts'
import type { Complete } from './fields.ts'
import type { SelectedField } from './info.ts'
import { leafWriter } from './leaves.ts'
import type { ObjectPlan } from './objects.ts'
import { Pieces } from './pieces.ts'
import { runtimeTypeOf, throwUnlessTypeOf } from './runtime-types.ts'

/** What is executed of the objects of a type below a field. */
type ObjectsOf = (type: GraphQLObjectType) => ObjectPlan

/** Completes values of a type as graphql-js does (`CompleteValue` of the specification), into JSON. */
export function completerOf(type: GraphQLOutputType, field: SelectedField, objectsOf: ObjectsOf): Complete {
  if (isNonNullType(type)) {
    const inner = completerOf(type.ofType, field, objectsOf)
    const require = requiring(field)
    return (execution, value, path, info) => {
      const json = inner(execution, value, path, info)
      return isPromise(json) ? json.then(require) : require(json)
    }
  }
  const complete = isLeafType(type)
    ? leafCompleter(type)
    : isListType(type)
      ? listCompleter(type.ofType, field, objectsOf)
      : isAbstractType(type)
        ? abstractCompleter(type, field, objectsOf)
        : objectCompleter(type as GraphQLObjectType, objectsOf)
  return (execution, value, path, info) => {
    if (value instanceof Error) throw value
    return value == null ? null : complete(execution, value, path, info)
  }
}

function requiring({ parent, definition }: SelectedField): (json: Json) => string {
  return (json) => {
    if (json !== null) return json
    throw new Error(`Cannot return null for non-nullable field ${parent.name}.${definition.name}.`)
  }
}

function leafCompleter(type: GraphQLLeafType): Complete {
  const write = leafWriter(type)
  return (_execution, value) => write(value)
}

function listCompleter(type: GraphQLOutputType, field: SelectedField, objectsOf: ObjectsOf): Complete {
  const place: ErrorPlace = { nodes: field.nodes, isNullable: !isNonNullType(type) }
  const complete = completerOf(type, field, objectsOf)

  function completeItem(
    execution: Execution,
    item: unknown,
    path: Path,
    info: GraphQLResolveInfo,
  ): Pending<Json> {
    try {
      const json = isPromise(item)
        ? item.then((resolved) => complete(execution, resolved, path, info))
        : complete(execution, item, path, info)
      return isPromise(json) ? json.then(undefined, (reason) => execution.fail(reason, place, path)) : json
    } catch (reason) {
      return execution.fail(reason, place, path)
    }
  }

  return (execution, value, path, info) => {
    if (!isIterable(value))
      throw new Error(
        `Expected Iterable, but did not find one for field "${field.parent.name}.${field.definition.name}".`,
      )
    let text = '['
    let key = 0
    let pieces: Pieces | undefined
    try {
      for (const item of value) {
        const json = completeItem(execution, item, { prev: path, key, typename: undefined }, info)
        const before = key === 0 ? '' : ','
        key += 1
        if (pieces) pieces.add(before, json)
        else if (isPromise(json)) {
          pieces = new Pieces(text, ']')
          pieces.add(before, json)
        } else text += before + (json ?? 'null')
      }
    } catch (error) {
      pieces?.abandon()
      throw error
    }
    return pieces ? pieces.whole() : `${text}]`
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

function abstractCompleter(type: GraphQLAbstractType, field: SelectedField, objectsOf: ObjectsOf): Complete {
  const resolveType = type.resolveType ?? defaultTypeResolver
  const completers = new Map<GraphQLObjectType, Complete>()

  function completeAs(
    name: unknown,
    execution: Execution,
    value: unknown,
    path: Path,
    info: GraphQLResolveInfo,
  ): Pending<Json> {
    const runtimeType = runtimeTypeOf(name, type, value, field, info)
    let complete = completers.get(runtimeType)
    if (!complete) {
      complete = objectCompleter(runtimeType, objectsOf)
      completers.set(runtimeType, complete)
    }
    return complete(execution, value, path, info)
  }

  return (execution, value, path, info) => {
    const name = resolveType(value, execution.contextValue, info, type)
    return isPromise(name)
      ? name.then((resolved) => completeAs(resolved, execution, value, path, info))
      : completeAs(name, execution, value, path, info)
  }
}

function objectCompleter(type: GraphQLObjectType, objectsOf: ObjectsOf): Complete {
  // Made when the first object comes: many selections never meet one.
  let plan: ObjectPlan | undefined
  const { isTypeOf } = type
  return (execution, value, path, info) => {
    plan ??= objectsOf(type)
    const objects = plan
    if (!isTypeOf) return objects.complete(execution, value, path)
    const answer = isTypeOf(value, execution.contextValue, info)
    if (isPromise(answer))
      return answer.then((resolved) => {
        throwUnlessTypeOf(resolved, type, value)
        return objects.complete(execution, value, path)
      })
    throwUnlessTypeOf(answer, type, value)
    return objects.complete(execution, value, path)
  }
}
