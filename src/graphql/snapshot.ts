import { type ExecutionArgs, getOperationAST, OperationTypeNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Db } from '../../db/database.ts'
import type { Context } from '../../schema/core/context.ts'
import { rootFields } from '../../schema/core/plan.ts'

/**
 * Runs queries that ask for `feedPosition` in one snapshot of the database, so that the position belongs exactly
 * to what else the response tells. Others need none, and take no connection for their whole length.
 */
export function snapshotWithPosition(db: Db): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const operation = getOperationAST(args.document, args.operationName)
      if (operation?.operation !== OperationTypeNode.QUERY) return
      if (!rootFields(args.document, operation, args.variableValues ?? {}).has('feedPosition')) return
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
