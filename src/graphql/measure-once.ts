import {
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Variables } from './list-size.ts'
import { type Measure, measure } from './measure.ts'

/** What is known of an operation of a document. */
interface Known {
  /** The variables that decide on its measure. */
  readonly read: Set<string>
  /** By the values of these variables. */
  readonly measures: LRUCache<string, Measure>
}

const knownOperations = new WeakMap<OperationDefinitionNode, Known>()
const measuresOfOperation = 50
/** Longer lists of values are not kept. */
const longestKey = 2_000

/** The measure of an operation with these variables, computed once for all that ask the same. */
export function measureOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Variables,
): Measure {
  let known = knownOperations.get(operation)
  if (!known) {
    known = { read: new Set(), measures: new LRUCache({ max: measuresOfOperation }) }
    knownOperations.set(operation, known)
  }
  const { read, measures } = known
  const variables = operation.variableDefinitions?.length ? withDefaults(operation, given) : given
  const key = keyOf(read, variables)
  const existing = measures.get(key)
  if (existing) return existing
  const size = read.size
  const measured = measure(schema, document, operation, noting(variables, read))
  // A variable that was not looked at before: what is known does not tell its values.
  if (read.size > size) measures.clear()
  const full = keyOf(read, variables)
  if (full.length <= longestKey) measures.set(full, measured)
  return measured
}

/** The variables with the defaults that the operation declares: execution fills them in only later. */
export function withDefaults({ variableDefinitions }: OperationDefinitionNode, given: Variables): Variables {
  const defaults = (variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  )
  // Entries, and not assignments: a variable may be called `__proto__`.
  return Object.fromEntries([...defaults, ...Object.entries(given)])
}

function keyOf(read: ReadonlySet<string>, variables: Variables): string {
  return read.size === 0 ? '' : JSON.stringify([...read].map((name) => variables[name] ?? null))
}

/** The variables, with a note of the names that are looked at. */
function noting(variables: Variables, read: Set<string>): Variables {
  return new Proxy(variables, {
    get(target, name) {
      if (typeof name === 'string') read.add(name)
      return Reflect.get(target, name)
    },
  })
}
