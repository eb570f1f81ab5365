import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { type Execution, isPromise, type Json } from './execution.ts'
import type { WritePlain } from './fields.ts'
import { leafWriter } from './leaves.ts'
import type { ObjectPlan } from './objects.ts'

/** Writes values of a type that need no completion; undefined for types whose values always do. */
export function plainWriterOf(
  type: GraphQLOutputType,
  objectsOf: (type: GraphQLObjectType) => ObjectPlan,
): WritePlain | undefined {
  if (isNonNullType(type)) {
    const write = plainWriterOf(type.ofType, objectsOf)
    return write && ((execution, value) => write(execution, value) ?? undefined)
  }
  if (isLeafType(type)) {
    const write = leafWriter(type)
    return (_execution, value) => (value == null ? null : isWhole(value) ? write(value) : undefined)
  }
  if (isListType(type)) return listWriter(plainWriterOf(type.ofType, objectsOf))
  if (!isObjectType(type) || type.isTypeOf) return undefined
  let plan: ObjectPlan | undefined
  return (execution, value) => {
    if (value == null) return null
    if (typeof value !== 'object' || !isWhole(value)) return undefined
    plan ??= objectsOf(type)
    return plan.writePlain(execution, value)
  }
}

function listWriter(write: WritePlain | undefined): WritePlain | undefined {
  if (!write) return undefined
  return (execution: Execution, list: unknown): Json | undefined => {
    if (list == null) return null
    if (!Array.isArray(list)) return undefined
    let text = ''
    for (let index = 0; index < list.length; index++) {
      const json = write(execution, list[index])
      if (json === undefined) return undefined
      text += index === 0 ? (json ?? 'null') : `,${json ?? 'null'}`
    }
    return `[${text}]`
  }
}

/** Neither a promise nor an error, nor what is called to give the value. */
function isWhole(value: NonNullable<unknown>): boolean {
  if (typeof value === 'function') return false
  return typeof value !== 'object' || !(value instanceof Error || isPromise(value))
}
