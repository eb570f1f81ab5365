import { type ExecutionArgs, getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Context } from '../../schema/core/context.ts'
import type { ApiError } from '../../schema/core/errors.ts'
import { refusalOf, requiredRole } from '../../schema/core/rights.ts'

/**
 * Refuses an operation that its sender may not execute, on each transport, before its variables are coerced: that
 * takes long for large ones. The fields themselves refuse too, after that.
 */
export function requireRights(): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const refusal = refusalFor(args)
      if (refusal) setResultAndStopExecution({ errors: [refusal] })
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const refusal = refusalFor(args)
      if (refusal) setResultAndStopExecution({ errors: [refusal] })
    },
  }
}

/**
 * Tells what is wrong with a document to those alone who may execute it. Goes behind the plugins that count and charge:
 * it throws, as a result that is set here would be kept for all who send the document.
 */
export function hideFaults(): Plugin {
  return {
    onValidate({ params: { schema, documentAST: document }, context }) {
      return ({ valid }) => {
        if (valid) return
        const { params } = context as { params?: { operationName?: string | null } }
        const refusal = refusalFor({
          ...{ schema, document, contextValue: context },
          operationName: params?.operationName,
        })
        if (refusal) throw refusal
      }
    },
  }
}

type Asked = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'contextValue'>

function refusalFor({ schema, document, operationName, contextValue }: Asked): ApiError | undefined {
  const operation = getOperationAST(document, operationName)
  if (!operation) return undefined // the executor tells what is wrong
  const { viewer } = contextValue as Context
  return refusalOf(viewer, requiredRole(schema, document, operation))
}
