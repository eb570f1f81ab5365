import type { FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo } from 'graphql'
import type { Execution, Path } from './execution.ts'

/** A field of an object type as an operation selects it under one name. */
export interface SelectedField {
  /** The name in the answer. */
  readonly responseName: string
  readonly parent: GraphQLObjectType
  readonly definition: GraphQLField<unknown, unknown>
  /** All selections of it, merged. */
  readonly nodes: readonly FieldNode[]
  /** Where its arguments are kept in `Operation.argumentValues`, if they depend on variables. */
  readonly slot: number
}

/** What resolvers get: few look at more than one or two of these, and there is one for each value of a list. */
export class Info implements InfoOfGraphQL16 {
  readonly #field: SelectedField
  readonly #execution: Execution
  readonly path: Path

  constructor(field: SelectedField, execution: Execution, path: Path) {
    this.#field = field
    this.#execution = execution
    this.path = path
  }

  get fieldName(): string {
    return this.#field.definition.name
  }

  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    return this.#field.nodes
  }

  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.#field.definition.type
  }

  get parentType(): GraphQLResolveInfo['parentType'] {
    return this.#field.parent
  }

  get schema(): GraphQLResolveInfo['schema'] {
    return this.#execution.operation.schema
  }

  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.#execution.operation.fragments
  }

  get rootValue(): unknown {
    return this.#execution.rootValue
  }

  get operation(): GraphQLResolveInfo['operation'] {
    return this.#execution.operation.definition
  }

  get variableValues(): GraphQLResolveInfo['variableValues'] {
    return this.#execution.operation.variableValues
  }
}

/** Without what declarations of @graphql-tools add to the interface for graphql-js 17. */
type InfoOfGraphQL16 = Omit<GraphQLResolveInfo, 'getAbortSignal' | 'getAsyncHelpers'>
