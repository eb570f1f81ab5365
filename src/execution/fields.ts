import {
  type FieldNode,
  type GraphQLResolveInfo,
  getArgumentValues,
  isNonNullType,
  Kind,
  type ValueNode,
} from 'graphql'
import { type ExecutionHints, propertyOf } from '../../schema/core/properties.ts'
import {
  type ErrorPlace,
  type Execution,
  isPromise,
  type Json,
  type Path,
  type Pending,
} from './execution.ts'
import { Info, type SelectedField } from './info.ts'

/** Makes JSON of what a resolver returned. Throws, or rejects, with the error of the value. */
export type Complete = (
  execution: Execution,
  value: unknown,
  path: Path,
  info: GraphQLResolveInfo,
) => Pending<Json>

/**
 * Makes JSON of a value that is there as a whole, without a promise, a fault, or a null where none may be. Undefined, or
 * an error, for all others: completing them says what is wrong.
 */
export type WritePlain = (execution: Execution, value: unknown) => Json | undefined

/** Resolves and completes one field of an object. */
export class FieldPlan implements ErrorPlace {
  readonly nodes: readonly FieldNode[]
  readonly isNullable: boolean
  readonly responseName: string
  /** The name as it stands in JSON, with its colon. */
  readonly head: string
  readonly #field: SelectedField
  readonly #complete: Complete
  readonly #write: WritePlain | undefined
  /** The property that the field shows as it is; undefined where it has to be resolved. */
  readonly #property: string | undefined
  readonly #isSame: boolean
  /** Arguments without variables: one object for all runs. */
  readonly #arguments: Record<string, unknown> | undefined

  constructor(field: SelectedField, complete: Complete, write: WritePlain | undefined) {
    const { nodes, responseName, definition } = field
    this.#field = field
    this.#complete = complete
    this.#write = write
    this.#property = write && propertyOf(definition)
    this.#isSame = (definition.extensions as ExecutionHints).sameJson === true
    this.nodes = nodes
    this.isNullable = !isNonNullType(definition.type)
    this.responseName = responseName
    this.head = `${JSON.stringify(responseName)}:`
    this.#arguments = constantArguments(field)
  }

  /** The JSON of the field of `source`, null if an error was noted. Throws, or rejects, if it may not be null. */
  run(execution: Execution, source: unknown, parentPath: Path | undefined): Pending<Json> {
    try {
      const json = this.writePlain(execution, source)
      if (json !== undefined) {
        execution.spend(json)
        return json
      }
    } catch {
      // The long way says of what.
    }
    execution.unspent = 0
    return this.#resolve(execution, source, this.#path(parentPath))
  }

  /** The same, as long as the field shows a property that is there as a whole; see `WritePlain`. */
  writePlain(execution: Execution, source: unknown): Json | undefined {
    if (this.#property === undefined || !this.#write || !isObject(source)) return undefined
    execution.unspent += 1
    return this.#write(execution, source[this.#property])
  }

  #resolve(execution: Execution, source: unknown, path: Path): Pending<Json> {
    const { resolve = resolveProperty } = this.#field.definition
    try {
      const info = this.#info(execution, path)
      const value: unknown = resolve(source, this.#argumentsIn(execution), execution.contextValue, info)
      const json = isPromise(value)
        ? value.then((resolved) => this.#complete(execution, resolved, path, info))
        : this.#isSame && typeof value === 'object' && value !== null
          ? this.#completeOnce(execution, value, path, info)
          : this.#complete(execution, value, path, info)
      return isPromise(json) ? json.then(undefined, (reason) => execution.fail(reason, this, path)) : json
    } catch (reason) {
      return execution.fail(reason, this, path)
    }
  }

  /** The JSON of an object, made once for all that meet it one after another. */
  #completeOnce(execution: Execution, value: object, path: Path, info: GraphQLResolveInfo): Pending<Json> {
    const { budget, errors, operation } = execution
    const { slot } = this.#field
    const written = operation.written[slot]
    if (written?.value === value) {
      budget?.spend(written.json.length, written.values)
      return written.json
    }
    const before = budget?.values ?? 0
    const json = this.#complete(execution, value, path, info)
    // Not where it has errors of its own, or was stopped before its end.
    if (typeof json === 'string' && execution.errors === errors && !budget?.stoppedBy)
      operation.written[slot] = { value, json, values: (budget?.values ?? 0) - before }
    return json
  }

  #path(parentPath: Path | undefined): Path {
    const { responseName, parent } = this.#field
    return { prev: parentPath, key: responseName, typename: parent.name }
  }

  #info(execution: Execution, path: Path): GraphQLResolveInfo {
    return new Info(this.#field, execution, path) as unknown as GraphQLResolveInfo
  }

  #argumentsIn({ operation }: Execution): Record<string, unknown> {
    const { definition, nodes, slot } = this.#field
    const known = this.#arguments ?? operation.argumentValues[slot]
    if (known) return known
    const values = getArgumentValues(definition, nodes[0] as FieldNode, operation.variableValues)
    operation.argumentValues[slot] = values
    return values
  }
}

/** As graphql-js resolves fields without a resolver. */
function resolveProperty(
  source: unknown,
  args: unknown,
  context: unknown,
  info: GraphQLResolveInfo,
): unknown {
  if (!isObject(source)) return undefined
  const property = source[info.fieldName]
  return typeof property === 'function' ? property.call(source, args, context, info) : property
}

type Properties = Record<string, unknown>

function isObject(value: unknown): value is Properties {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function constantArguments({
  definition,
  nodes: [node],
}: SelectedField): Record<string, unknown> | undefined {
  if (!node || node.arguments?.some(({ value }) => hasVariable(value))) return undefined
  try {
    return getArgumentValues(definition, node, {})
  } catch {
    return undefined // each run gets an error of its own
  }
}

function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true
  if (value.kind === Kind.LIST) return value.values.some(hasVariable)
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariable(field.value))
}
