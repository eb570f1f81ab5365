import { type ExecutionArgs, type ExecutionResult, getOperationAST } from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { StatementScope } from '../../db/connection/statement-scope.ts'
import { countedProperty } from '../../schema/core/answer-size.ts'
import type { Context } from '../../schema/core/context.ts'
import { usedByValue } from '../../schema/core/cost.ts'
import { ApiError, requestError } from '../../schema/core/errors.ts'
import { answerTooLarge, ExecutionBudget } from '../../schema/core/execution-budget.ts'
import { outlineOf } from '../../schema/core/walk.ts'
import { clientError } from '../client-errors.ts'
import type { ClientPoints } from '../client-points.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import { logFailure } from '../log-failure.ts'
import { dataJsonOf } from './compiled.ts'
import type { Measure } from './measure.ts'
import { measureOperation } from './measure-once.ts'

/** A character of a text takes at most so many bytes of JSON: `\u0001` does. */
const mostBytesOfCharacter = 6
/** Points that an operation uses at least, and what a kept answer costs. */
export const leastUsed = 0.02

type ExecutionLimits = Pick<Config['limits'], 'answerBytes' | 'queryTimeoutMs'>

/** What transports say of the sender of an operation. */
interface Sender {
  readonly client: string
  readonly asksCost?: boolean
  /** Calls back when the client leaves; returns what takes it back. */
  readonly onLeave?: (listener: () => void) => () => void
}

type OperationContext = Context & Sender & { budget?: ExecutionBudget; params?: { extensions?: unknown } }

/** Executes queries and mutations within limits, in whatever executor and on whatever transport. */
export function boundExecution(limits: ExecutionLimits, points: ClientPoints, log: Logger): Plugin {
  const { answerBytes, queryTimeoutMs } = limits
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => {
        const context = args.contextValue as OperationContext
        const { client } = context
        const measured = measureArguments(args)
        const refused = points.take(client, measured.cost)
        if (refused) return { errors: [refused] }
        const scope = new StatementScope(client)
        let refuse: (refusal: ExecutionResult) => void = () => {}
        const stopped = new Promise<ExecutionResult>((resolve) => {
          refuse = resolve
        })
        const budget = new ExecutionBudget(answerBytes, (reason) => {
          scope.end(reason)
          refuse({ errors: [reason], data: null })
        })
        context.budget = budget
        scope.onEnd((reason) => {
          if (!(reason instanceof ApiError)) logFailure(log, 'A request was refused.', { error: reason })
          budget.stop(reason instanceof ApiError ? reason : (clientError(reason) as ApiError))
        })
        // What a mutation has begun is finished: its writes have limits of their own.
        const isQuery = getOperationAST(args.document, args.operationName)?.operation !== 'mutation'
        const timer = isQuery ? setTimeout(() => budget.stop(tookTooLong()), queryTimeoutMs) : undefined
        const stopWatching = isQuery ? context.onLeave?.(() => budget.stop(hasLeft())) : undefined
        /** Called once, when all is executed. */
        const settle = () => {
          clearTimeout(timer)
          stopWatching?.()
          const measuredUse = leastUsed + scope.spentMs + budget.values * usedByValue
          const used = Math.min(measured.cost, measuredUse)
          points.giveBack(client, measured.cost - used)
          return used
        }
        const finish = (result: ExecutionResult | AsyncIterable<ExecutionResult>) => {
          if (isAsyncIterable(result)) return boundedParts(result, budget, settle)
          const used = settle()
          const refusal = budget.stoppedBy ?? excess(result, budget, measured, answerBytes, args)
          if (refusal) return { errors: [refusal], data: null }
          if (!asksCost(context)) return result
          const cost = {
            asked: rounded(measured.cost),
            used: rounded(used),
            left: points.left(client) ?? null,
          }
          return { ...result, extensions: { ...result.extensions, cost } }
        }
        const fail = (error: unknown) => {
          settle()
          throw error
        }
        try {
          const made: unknown = scope.run(() => executeFn({ ...args, fieldResolver: countedProperty }))
          if (!(made instanceof Promise)) return finish(made as ExecutionResult)
          return Promise.race([made.then(finish, fail), stopped])
        } catch (error) {
          return fail(error)
        }
      })
    },
    onResponse({ response, serverContext }) {
      const { client } = serverContext as unknown as Sender
      for (const [name, value] of Object.entries(points.headers(client))) response.headers.set(name, value)
    },
  }
}

function tookTooLong(): ApiError {
  return requestError('QUERY_TIMEOUT', 'The query took too long. Request less data, or try again.')
}

/** Nobody reads it. */
function hasLeft(): ApiError {
  return new ApiError('REQUEST_TIMEOUT', 'The client has left.')
}

const unmeasured: Measure = { depth: 0, aliases: 0, cost: 0, work: 0, values: 0, entities: 0 }

function measureArguments({ schema, document, operationName, variableValues }: ExecutionArgs): Measure {
  const operation = getOperationAST(document, operationName)
  return operation ? measureOperation(schema, document, operation, variableValues ?? {}) : unmeasured
}

function asksCost({ asksCost: byTransport, params }: OperationContext): boolean {
  const extensions = params?.extensions as { readonly cost?: unknown } | null | undefined
  return byTransport === true || extensions?.cost === true
}

function rounded(points: number): number {
  return Math.round(points * 100) / 100
}

/** Refuses an answer that turned out larger than its values were counted. */
function excess(
  result: ExecutionResult,
  { bytes }: ExecutionBudget,
  { values }: Measure,
  maxBytes: number,
  args: ExecutionArgs,
): ApiError | undefined {
  const ready = dataJsonOf(result)
  if (ready !== undefined) return Buffer.byteLength(ready) > maxBytes ? answerTooLarge(maxBytes) : undefined
  // Names of types are not counted; a value takes less than a hundred characters beside its text.
  const mayBeLarger = bytes * mostBytesOfCharacter > maxBytes || values * 100 > maxBytes || asksSchema(args)
  if (!mayBeLarger) return undefined
  return Buffer.byteLength(JSON.stringify(result.data) ?? '') > maxBytes
    ? answerTooLarge(maxBytes)
    : undefined
}

/** Whether the schema is asked for: no resolver counts what it takes. */
function asksSchema({ schema, document, operationName }: ExecutionArgs): boolean {
  const operation = getOperationAST(document, operationName)
  const fields = operation ? outlineOf(schema, document, operation).fields : []
  return fields.some(({ node, definition }) => !definition && node.name.value !== '__typename')
}

/** The parts of an answer up to a limit: then a last one that says why the rest is missing. */
async function* boundedParts(
  parts: AsyncIterable<ExecutionResult>,
  budget: ExecutionBudget,
  onEnd: () => void,
): AsyncGenerator<ExecutionResult> {
  const iterator = parts[Symbol.asyncIterator]()
  try {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      const { stoppedBy } = budget
      if (stoppedBy) {
        yield lastPart(stoppedBy)
        return
      }
      yield next.value
    }
  } finally {
    onEnd()
  }
}

function lastPart(reason: ApiError): ExecutionResult {
  return { incremental: [{ data: null, path: [], errors: [reason] }], hasNext: false } as ExecutionResult
}
