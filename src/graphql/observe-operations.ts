import { performance } from 'node:perf_hooks'
import { type DocumentNode, type ExecutionArgs, getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { statusOf } from '../../schema/core/error-codes.ts'
import { clientError } from '../client-errors.ts'

/** An operation that was executed; of a subscription, its opening. */
export interface OperationReport {
  readonly type: string
  readonly transport: OperationTransport
  /** `refused` is the fault of the client, `failed` that of the server. */
  readonly outcome: 'ok' | 'refused' | 'failed'
  /** Of the first error; undefined without one. */
  readonly code: string | undefined
  /** As the client named it; undefined where it has no name. */
  readonly name: string | undefined
  /** The text, for those who look it up among the trusted documents. */
  readonly text: string | undefined
  readonly durationMs: number
}

export type OperationTransport = 'http' | 'sse' | 'websocket'

export interface OperationObserver {
  executed(report: OperationReport): void
  /** A document was refused because of its syntax, validation or a limit. */
  invalid(transport: OperationTransport): void
}

interface Sender {
  readonly request?: Request
  readonly push?: unknown
  readonly req?: unknown
}

/**
 * Tells of each operation how long it took and how it ended, on every transport. The first plugin goes before all
 * others, so that it hears of operations that those refuse; the second one goes behind them.
 */
export function observeOperations(observer: OperationObserver): [first: Plugin, last: Plugin] {
  const observe = (
    args: { document: DocumentNode; operationName?: string | null | undefined; contextValue?: unknown },
    result: unknown,
    startedMs: number,
  ) => {
    const operation = getOperationAST(args.document, args.operationName)
    if (!operation) return
    observer.executed({
      type: operation.operation,
      transport: transportOf(args.contextValue as Sender),
      ...outcomeOf(result),
      name: operation.name?.value,
      text: args.document.loc?.source.body,
      durationMs: performance.now() - startedMs,
    })
  }
  /** The short way hands what it finds invalid on to Yoga, which looks again. */
  const noteInvalid = (context: Sender) => {
    if (context.request || context.push) observer.invalid(transportOf(context))
  }
  const first: Plugin = {
    instrumentation: {
      // Not `onParse`: what Yoga has kept as an error is thrown before other plugins are asked.
      parse({ context }, parse) {
        try {
          parse()
        } catch (error) {
          noteInvalid(context as Sender)
          throw error
        }
      },
    },
    onValidate({ context }) {
      return ({ valid }) => {
        if (!valid) noteInvalid(context as Sender)
      }
    },
    onExecute({ args }) {
      const startedMs = performance.now()
      return { onExecuteDone: ({ result }) => observe(args, result, startedMs) }
    },
    onSubscribe({ args }) {
      const startedMs = performance.now()
      return { onSubscribeResult: ({ result }) => observe(args, result, startedMs) }
    },
  }
  /** What throws, an outage at the begin of a transaction for example, has no result. */
  const last: Plugin = {
    onExecute({ args, executeFn, setExecuteFn }) {
      const startedMs = performance.now()
      const fail = (error: unknown) => {
        observe(args, { errors: [error] }, startedMs)
        throw error
      }
      setExecuteFn((given: ExecutionArgs) => {
        try {
          const made: unknown = executeFn(given)
          return made instanceof Promise ? made.catch(fail) : made
        } catch (error) {
          return fail(error)
        }
      })
    },
  }
  return [first, last]
}

function transportOf({ push, request }: Sender): OperationTransport {
  if (push) return 'websocket'
  return request?.headers.get('accept')?.includes('text/event-stream') ? 'sse' : 'http'
}

/** A result that comes in parts is judged by its first one. */
function outcomeOf(result: unknown): Pick<OperationReport, 'outcome' | 'code'> {
  const { errors } = (result ?? {}) as { readonly errors?: readonly unknown[] }
  if (!errors?.length) return { outcome: 'ok', code: undefined }
  const code = String(clientError(errors[0]).extensions.code)
  return { outcome: errors.some(isFailure) ? 'failed' : 'refused', code }
}

function isFailure(error: unknown): boolean {
  const { code, unexpected } = clientError(error).extensions
  return unexpected === true || statusOf(code) >= 500
}
