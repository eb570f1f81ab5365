import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  getDirectiveValues,
  getOperationAST,
  Kind,
  visit,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { BadInputError } from '../../schema/core/errors.ts'
import { streamDirective } from '../../schema/core/incremental.ts'
import { rootFields } from '../../schema/core/plan.ts'
import { formattedError } from '../client-errors.ts'
import { takesParts } from './accept.ts'

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
 * @param toClient what a client is told of an error. The engine masks the errors of a result, not those of its later
 * parts.
 */
export function deferParts(toClient: (error: unknown) => GraphQLError): Plugin {
  return {
    onExecute({ args, setExecuteFn }) {
      if (!asksForParts(args.document)) return undefined
      const fault = badCount(args)
      if (fault) {
        setExecuteFn(() => ({ errors: [fault] }))
        return undefined
      }
      const { request } = args.contextValue as { request?: Request }
      if (!request || !takesParts(request) || asksPosition(args)) {
        setExecuteFn(execute)
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

const known = new WeakMap<DocumentNode, boolean>()

function asksForParts(document: DocumentNode): boolean {
  let asks = known.get(document)
  if (asks === undefined) {
    asks = false
    visit(document, {
      [Kind.DIRECTIVE]({ name }) {
        asks ||= name.value === 'defer' || name.value === 'stream'
      },
    })
    known.set(document, asks)
  }
  return asks
}

/** The executor throws at a count it cannot count to, which is the caller's fault. */
function badCount({ document, variableValues }: Arguments): BadInputError | undefined {
  let fault: BadInputError | undefined
  visit(document, {
    [Kind.FIELD](node) {
      if (!node.directives?.some(({ name }) => name.value === streamDirective.name)) return
      const { initialCount } = getDirectiveValues(streamDirective, node, variableValues ?? {}) ?? {}
      if (typeof initialCount === 'number' && initialCount >= 0) return
      fault ??= new BadInputError('@stream(initialCount:): pass a whole number from 0 up, or leave it out.')
    },
  })
  return fault
}

function asksPosition({ document, operationName, variableValues }: Arguments): boolean {
  const operation = getOperationAST(document, operationName)
  if (!operation) return false
  return rootFields(document, operation, variableValues ?? {}).has('feedPosition')
}

type Arguments = Parameters<NonNullable<Plugin['onExecute']>>[0]['args']
