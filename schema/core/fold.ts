import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import { executedFields, fragmentsOf } from './walk.ts'

/** What a fold makes of the fields that are executed, from the leaves up. */
export interface Fold<Result> {
  /** What a field gives, once however often it is selected; `below` is undefined for a leaf. */
  field(field: ExecutedField, below: Result | undefined): Result
  /** What the fields of one object give together. */
  join(results: readonly Result[]): Result
  /** What an object of one of several types gives. */
  either(results: readonly Result[]): Result
}

/** A field as it is executed. */
export interface ExecutedField {
  /** The first of the nodes that select it under one name; all have the same arguments. */
  readonly node: FieldNode
  readonly parent: GraphQLObjectType
  readonly definition: GraphQLField<unknown, unknown>
}

/** Fields that a fold looks at, at most. Each is looked at once for each set of selections that it stands in. */
const mostFolded = 50_000

/**
 * Folds what a valid operation executes: the same selections as the executor's, merged as it merges them, with
 * introspection. Undefined if there is no end to it.
 */
export function foldExecuted<Result>(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variableValues: Readonly<Record<string, unknown>>,
  fold: Fold<Result>,
): Result | undefined {
  const scope = { fragments: fragmentsOf(document), variableValues }
  const numbers = new Map<SelectionSetNode, number>()
  const numberOf = (set: SelectionSetNode) => {
    const number = numbers.get(set) ?? numbers.size
    numbers.set(set, number)
    return number
  }
  const known = new Map<string, Result>()
  let folded = 0

  function foldSets(sets: readonly SelectionSetNode[], type: GraphQLNamedType): Result {
    const key = `${type.name} ${sets.map(numberOf).join()}`
    const existing = known.get(key)
    if (existing !== undefined) return existing
    const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type as GraphQLObjectType]
    const results = types.map((each) => foldObject(sets, each))
    const [first] = results
    const result = results.length === 1 && first !== undefined ? first : fold.either(results)
    known.set(key, result)
    return result
  }

  function foldObject(sets: readonly SelectionSetNode[], parent: GraphQLObjectType): Result {
    const opens = (name: string) => {
      const condition = schema.getType(name)
      return condition === parent || (isAbstractType(condition) && schema.isSubType(condition, parent))
    }
    const byName = Map.groupBy(executedFields(scope, sets, opens), ({ alias, name }) => (alias ?? name).value)
    return fold.join(
      [...byName.values()].flatMap((nodes) => {
        const [node] = nodes
        const definition = node && definitionOf(schema, parent, node.name.value)
        if (!definition) return []
        folded += 1
        if (folded > mostFolded) return []
        const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
        const type = getNamedType(definition.type)
        return [
          fold.field({ node, parent, definition }, below.length > 0 ? foldSets(below, type) : undefined),
        ]
      }),
    )
  }

  const root = schema.getRootType(operation.operation)
  const result = root ? foldSets([operation.selectionSet], root) : fold.join([])
  return folded > mostFolded ? undefined : result
}

function definitionOf(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
  if (parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  }
  return parent.getFields()[name]
}
