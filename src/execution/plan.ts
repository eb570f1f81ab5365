import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  OperationTypeNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import { executedFields } from '../../schema/core/walk.ts'
import { completerOf } from './completion.ts'
import { type Execution, isPromise, type Json, type Operation, type Pending } from './execution.ts'
import { FieldPlan } from './fields.ts'
import type { SelectedField } from './info.ts'
import { ObjectPlan } from './objects.ts'
import { plainWriterOf } from './plain.ts'

/** What is known of an operation before it is run. `conditions`: the variables that `@skip` and `@include` look at. */
export interface PlannedOperation extends Pick<Operation, 'schema' | 'definition' | 'fragments'> {
  readonly conditions: Readonly<Record<string, unknown>>
}

/** A field of an answer, as JSON. */
export interface RootField {
  readonly name: string
  readonly json: string
}

/** The fields of an answer as one JSON object. */
export function objectJson(fields: readonly RootField[]): string {
  return `{${fields.map(({ name, json }) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}

/** An operation compiled for one setting of its conditions. Selections are compiled when the first object meets them. */
export class Plan {
  readonly #operation: PlannedOperation
  readonly #rootFields: readonly FieldPlan[]
  #slots = 0

  constructor(operation: PlannedOperation, rootType: GraphQLObjectType) {
    this.#operation = operation
    this.#rootFields = this.#fieldsOf(rootType, [operation.definition])
  }

  /** The fields of the answer. Throws, or rejects, with the error of one that may not be null. */
  run(execution: Execution): Pending<readonly RootField[]> {
    if (this.#operation.definition.operation === OperationTypeNode.MUTATION) return this.#runInTurn(execution)
    const answers: Pending<Json>[] = []
    try {
      for (const field of this.#rootFields) answers.push(field.run(execution, execution.rootValue, undefined))
    } catch (error) {
      if (!answers.some(isPromise)) throw error
      return Promise.allSettled(answers).then(() => Promise.reject(error))
    }
    return answers.some(isPromise)
      ? Promise.all(answers).then((jsons) => this.#named(jsons))
      : this.#named(answers as Json[])
  }

  async #runInTurn(execution: Execution): Promise<readonly RootField[]> {
    const jsons: Json[] = []
    for (const field of this.#rootFields)
      jsons.push(await field.run(execution, execution.rootValue, undefined))
    return this.#named(jsons)
  }

  #named(jsons: readonly Json[]): readonly RootField[] {
    return this.#rootFields.map(({ responseName }, index) => ({
      name: responseName,
      json: jsons[index] ?? 'null',
    }))
  }

  #fieldsOf(type: GraphQLObjectType, parents: readonly Pick<FieldNode, 'selectionSet'>[]): FieldPlan[] {
    const { schema, fragments, conditions } = this.#operation
    const sets = parents.map(({ selectionSet }) => selectionSet)
    const opens = (name: string) => {
      const condition = schema.getType(name)
      return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type))
    }
    const selected = executedFields({ fragments, variableValues: conditions }, sets, opens)
    const byName = Map.groupBy(selected, ({ alias, name }) => (alias ?? name).value)
    return [...byName].flatMap(([responseName, nodes]) => {
      const definition = definitionOf(schema, type, nodes[0]?.name.value ?? '')
      return definition
        ? [this.#field({ responseName, parent: type, definition, nodes, slot: this.#slots++ })]
        : []
    })
  }

  #field(field: SelectedField): FieldPlan {
    const { type } = field.definition
    const objectsOf = (objectType: GraphQLObjectType) =>
      new ObjectPlan(this.#fieldsOf(objectType, field.nodes))
    return new FieldPlan(field, completerOf(type, field, objectsOf), plainWriterOf(type, objectsOf))
  }
}

function definitionOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
  if (schema.getQueryType() === type) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  }
  return type.getFields()[name]
}
