import {
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import type { Context } from '../../schema/core/context.ts'
import { withoutSuggestion } from '../../schema/core/errors.ts'
import { refusalOf } from '../../schema/core/rights.ts'
import { outlineOf } from '../../schema/core/walk.ts'

/**
 * Tells the schema to holders of the role `admin` alone: introspection and the SDL for gateways are refused to others,
 * and errors suggest no names.
 */
export function hideSchema(): Plugin {
  return {
    onValidate() {
      return ({ result, setResult }) => {
        if (result.length > 0) setResult(result.map((error) => withoutSuggestion(error as GraphQLError)))
      }
    },
    onExecute({ args, setResultAndStopExecution }) {
      const { schema, document, operationName, contextValue } = args as ExecutionArgs
      const { viewer } = contextValue as Context
      const refusal = asksSchema(schema, document, operationName)
        ? refusalOf(viewer, 'admin', 'Introspection')
        : undefined
      if (refusal) setResultAndStopExecution({ errors: [refusal] })
      return {
        onExecuteDone({ result, setResult }) {
          if (isAsyncIterable(result) || !result.errors || result.data) return
          setResult({ ...result, errors: result.errors.map(withoutSuggestion) })
        },
      }
    },
  }
}

function asksSchema(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): boolean {
  const operation = getOperationAST(document, operationName)
  const fields = operation ? outlineOf(schema, document, operation).fields : []
  return fields.some(
    ({ node: { name }, parent }) =>
      parent === schema.getQueryType() && ['__schema', '__type', '_service'].includes(name.value),
  )
}
