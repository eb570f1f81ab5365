import {
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
} from 'graphql'
import type { ExecutionBudget } from '../../schema/core/execution-budget.ts'

/** A place in an answer. Two places are the same only if they are one object. */
export type Path = GraphQLResolveInfo['path']

/** A value, or a promise of it where something on the way is asynchronous. */
export type Pending<Value> = Value | Promise<Value>

/** The JSON text of a value, or null where there is none. */
export type Json = string | null

/** What all runs of an operation with the same variables have in common. */
export interface Operation {
  readonly schema: GraphQLSchema
  readonly definition: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly variableValues: Readonly<Record<string, unknown>>
  /** Arguments that depend on the variables, by the slot of their field. */
  readonly argumentValues: Record<string, unknown>[]
  /**
   * Of fields whose objects are met again, what was written last, by the slot of the field: it follows at once, and a
   * WeakMap of all costs the garbage collector more than it spares.
   */
  readonly written: (Written | undefined)[]
}

/** An object with its JSON, and the number of values in it. */
export interface Written {
  readonly value: object
  readonly json: string
  readonly values: number
}

/** One run of an operation: what resolvers get of it, and the errors so far. */
export class Execution {
  readonly operation: Operation
  readonly rootValue: unknown
  readonly contextValue: unknown
  /** Counts the values that no resolver makes. */
  readonly budget: ExecutionBudget | undefined
  errors: GraphQLError[] | undefined
  /** Values that were written and are not counted in the budget. */
  unspent = 0
  #nulled: Set<Path | undefined> | undefined

  constructor(operation: Operation, rootValue: unknown, contextValue: unknown) {
    this.operation = operation
    this.rootValue = rootValue
    this.contextValue = contextValue
    this.budget = (contextValue as { readonly budget?: ExecutionBudget } | undefined)?.budget
  }

  /** Counts what was written as a whole. */
  spend(json: Json): void {
    this.budget?.spend(json?.length ?? 4, this.unspent)
    this.unspent = 0
  }

  /** Notes an error at the place that is null because of it, unless a place around it is null already. */
  addError(error: GraphQLError, path: Path | undefined): void {
    this.#nulled ??= new Set()
    if (this.#nulled.has(undefined)) return
    for (let place = path; place; place = place.prev) if (this.#nulled.has(place)) return
    this.#nulled.add(path)
    this.errors = [...(this.errors ?? []), error]
  }

  /** What becomes of the error of a value: it is noted where the value may be null, and thrown where not. */
  fail(reason: unknown, at: ErrorPlace, path: Path): null {
    const error = locatedError(reason, at.nodes, responsePathAsArray(path))
    if (!at.isNullable) throw error
    this.addError(error, path)
    return null
  }
}

/** A field or the items of its list, as far as their errors are concerned. */
export interface ErrorPlace {
  readonly nodes: GraphQLResolveInfo['fieldNodes']
  readonly isNullable: boolean
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
