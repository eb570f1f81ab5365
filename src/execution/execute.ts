import {
  type DocumentNode,
  type ExecutionArgs,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql'
import { conditionsOf, fragmentsOf } from '../../schema/core/walk.ts'
import { Execution, isPromise, type Operation, type Pending } from './execution.ts'
import { Plan, type RootField } from './plan.ts'

/**
 * The answer to an operation, its fields as JSON. `fields` is null if an error left nothing, and undefined if nothing
 * was executed.
 */
export interface JsonAnswer {
  readonly errors?: readonly GraphQLError[]
  readonly fields: readonly RootField[] | null | undefined
}

/** An operation with its variables, to be run any number of times. */
export interface PreparedOperation {
  run(rootValue: unknown, contextValue: unknown): Pending<JsonAnswer>
  /** Lets go of what one run keeps for the next. */
  rest(): void
}

type Asked = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>

/** Plans that one document may have, one for each operation and setting of its conditions. */
const plansPerDocument = 16

/**
 * Prepares a valid operation, whose plan is made once for each document. The answers are those of graphql-js, errors
 * and null propagation included: the same functions resolve the fields, by the same schema.
 */
export function prepareOperation(asked: Asked): PreparedOperation {
  return (
    compiledOperation(asked) ?? {
      run: (rootValue, contextValue) => runUncompiled({ ...asked, rootValue, contextValue }),
      rest: () => {},
    }
  )
}

/** The same; undefined for what is not compiled, among it whatever has an error before anything is executed. */
export function compiledOperation(asked: Asked): PreparedOperation | undefined {
  const { schema, document, operationName, variableValues } = asked
  const definition = getOperationAST(document, operationName)
  const variables = definition && variablesOf(schema, definition, variableValues)
  const plan = variables && planOf(schema, document, definition, variables)
  if (!plan) return undefined
  const operation: Operation = {
    ...{ schema, definition, fragments: fragmentsOf(document), variableValues: variables },
    argumentValues: [],
    written: [],
  }
  return {
    run: (rootValue, contextValue) => run(plan, new Execution(operation, rootValue, contextValue)),
    rest: () => {
      operation.written.length = 0
    },
  }
}

function run(plan: Plan, execution: Execution): Pending<JsonAnswer> {
  const answer = (fields: readonly RootField[] | null): JsonAnswer =>
    execution.errors ? { errors: execution.errors, fields } : { fields }
  const fail = (error: unknown): JsonAnswer => {
    execution.addError(error as GraphQLError, undefined)
    return answer(null)
  }
  try {
    const fields = plan.run(execution)
    return isPromise(fields) ? fields.then(answer, fail) : answer(fields)
  } catch (error) {
    return fail(error)
  }
}

async function runUncompiled(args: ExecutionArgs): Promise<JsonAnswer> {
  const { errors, data } = await execute(args)
  const fields =
    data && Object.entries(data).map(([name, value]) => ({ name, json: JSON.stringify(value) ?? 'null' }))
  return errors ? { errors, fields } : { fields }
}

const noVariables: Readonly<Record<string, unknown>> = Object.freeze({})

/** Undefined if they do not fit. */
function variablesOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: ExecutionArgs['variableValues'],
): Readonly<Record<string, unknown>> | undefined {
  if (variableDefinitions.length === 0) return noVariables
  return getVariableValues(schema, variableDefinitions, given ?? {}).coerced
}

const plans = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, Map<string, Plan>>>()

function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  definition: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Plan | undefined {
  const rootType = schema.getRootType(definition.operation)
  if (!rootType) return undefined
  const names = conditionsOf(document)
  const conditions = names.length > 0 ? conditionsIn(names, variables) : noVariables
  if (!conditions) return undefined

  const bySchema = plans.get(schema) ?? new WeakMap<DocumentNode, Map<string, Plan>>()
  plans.set(schema, bySchema)
  const known = bySchema.get(document) ?? new Map<string, Plan>()
  bySchema.set(document, known)
  const name = definition.name?.value ?? ''
  const key = names.length > 0 ? `${name} ${names.map((each) => conditions[each]).join(' ')}` : name
  let plan = known.get(key)
  if (!plan && known.size < plansPerDocument) {
    plan = new Plan({ schema, definition, fragments: fragmentsOf(document), conditions }, rootType)
    known.set(key, plan)
  }
  return plan
}

/** The variables that `@skip` and `@include` look at; undefined if one of them is not boolean. */
function conditionsIn(
  names: readonly string[],
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const conditions: Record<string, unknown> = {}
  for (const name of names) if (name in variables) conditions[name] = variables[name]
  return Object.values(conditions).every((value) => typeof value === 'boolean') ? conditions : undefined
}
