import { type ExecutionArgs, getOperationAST, OperationTypeNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Db } from '../../db/database.ts'
import type { Context } from '../../schema/core/context.ts'
import { rootFields } from '../../schema/core/walk.ts'

/**
 * Runs queries that ask for `feedPosition` in one snapshot of the database, so that the position belongs exactly
 * to what else the response tells. Others need none, and take no connection for their whole length.
 */
export function snapshotWithPosition(db: Db): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const operation = getOperationAST(args.document, args.operationName)
      if (operation?.operation !== OperationTypeNode.QUERY || !asksPosition(args)) return
      setExecuteFn((given: ExecutionArgs) =>
        db
          .transaction()
          .setIsolationLevel('repeatable read')
          .setAccessMode('read only')
          .execute((trx) => {
            // An object of its own, for loaders remember by it.
            const contextValue: Context = Object.assign(Object.create(given.contextValue as Context), {
              db: trx,
            })
            return executeFn({ ...given, contextValue })
          }),
      )
    },
  }
}

type Asked = Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>

/** Whether an operation asks for `feedPosition`. */
export function asksPosition({ document, operationName, variableValues }: Asked): boolean {
  const operation = getOperationAST(document, operationName)
  const fields = operation ? rootFields(document, operation, variableValues ?? {}) : []
  return fields.some(({ name }) => name.value === 'feedPosition')
}
