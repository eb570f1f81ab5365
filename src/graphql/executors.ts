import {
  type ExecutionArgs,
  type ExecutionResult,
  type FieldNode,
  type GraphQLError,
  getDirectiveValues,
  getOperationAST,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Db } from '../../db/database.ts'
import { type Context, onDatabase } from '../../schema/core/context.ts'
import { BadInputError } from '../../schema/core/errors.ts'
import { streamDirective } from '../../schema/core/incremental.ts'
import { type Outline, outlineOf, rootFields } from '../../schema/core/walk.ts'
import { formattedError } from '../client-errors.ts'
import { takesParts } from './accept.ts'
import { executeWhole } from './compiled.ts'

/** Operations that the usual executor does not serve: those with an answer in parts, and those in one snapshot. */

interface Part {
  readonly errors?: readonly unknown[]
}

/** What a later part of an answer says, as the executor of @graphql-tools has it. */
interface Later extends ExecutionResult {
  readonly incremental?: readonly Part[]
}

/**
 * `@defer` and `@stream` for clients that accept several parts (`multipart/mixed` or `text/event-stream`). Everybody
 * else gets one whole answer, for the directives allow a server to ignore them: those that accept JSON only, which
 * Yoga would answer with 406; WebSockets, where a client cannot say what it takes; and documents that ask
 * `feedPosition`, whose snapshot ends with the first part.
 *
 * @param toClient the error as a client may see it. The engine masks the errors of a result, not those of its later
 * parts.
 */
export function deferParts(toClient: (error: unknown) => GraphQLError): Plugin {
  return {
    onExecute({ args, setExecuteFn }) {
      const operation = getOperationAST(args.document, args.operationName)
      const outline = operation && outlineOf(args.schema, args.document, operation)
      if (!outline?.incremental) return undefined
      const fault = badCount(outline, args.variableValues)
      if (fault) {
        setExecuteFn(() => ({ errors: [fault] }))
        return undefined
      }
      const { request } = args.contextValue as { request?: Request }
      if (!request || !takesParts(request) || asksPosition(args)) {
        setExecuteFn(executeWhole)
        return undefined
      }
      return {
        onExecuteDone: () => ({
          onNext({ result, setResult }) {
            const { incremental } = result as Later
            if (!incremental?.some(({ errors }) => errors)) return
            const masked = incremental.map((part) =>
              part.errors
                ? { ...part, errors: part.errors.map((error) => formattedError(toClient(error))) }
                : part,
            )
            setResult(Object.assign({}, result, { incremental: masked }))
          },
        }),
      }
    },
  }
}

/** The executor throws at a count it cannot count to, which is the caller's fault. */
function badCount({ fields }: Outline, variables: Arguments['variableValues']): BadInputError | undefined {
  const bad = fields.some(({ node }) => {
    const given = getDirectiveValues(streamDirective, node, variables ?? {})
    return given && !(typeof given.initialCount === 'number' && given.initialCount >= 0)
  })
  if (!bad) return undefined
  return new BadInputError('@stream(initialCount:): pass a whole number of at least 0, or omit it.')
}

type Arguments = Parameters<NonNullable<Plugin['onExecute']>>[0]['args']

/**
 * Runs queries that ask for `feedPosition` in one snapshot of the database, so that the position belongs exactly
 * to what else the response tells. Others need none, and take no connection for their whole length.
 */
export function snapshotWithPosition(db: Db): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const operation = getOperationAST(args.document, args.operationName)
      if (operation?.operation !== 'query' || !asksPosition(args)) return
      setExecuteFn((given: ExecutionArgs) =>
        db
          .transaction()
          .setIsolationLevel('repeatable read')
          .setAccessMode('read only')
          .execute((trx) => {
            return executeFn({ ...given, contextValue: onDatabase(given.contextValue as Context, trx) })
          }),
      )
    },
  }
}

type Asked = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>

/** Whether an operation asks for `feedPosition`. */
function asksPosition({ schema, document, operationName, variableValues }: Asked): boolean {
  const operation = getOperationAST(document, operationName)
  if (!operation) return false
  const isPosition = ({ name }: FieldNode) => name.value === 'feedPosition'
  // Most operations do not select it at all, and their outline is known.
  if (!outlineOf(schema, document, operation).fields.some(({ node }) => isPosition(node))) return false
  return rootFields(document, operation, variableValues ?? {}).some(isPosition)
}
