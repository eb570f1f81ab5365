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
/** Points that an operation costs and uses at least. */
const leastCost = 0.1
/** Points of a refusal for want of points: who goes on asking is soon refused before anything is read. */
const refusalCost = 0.1
/** Points of ending an operation early: Postgres takes a connection for it. */
const cancelCost = 2
/** Points of a byte of an answer: two for a mebibyte. */
const byteCost = 2 / 1024 ** 2

/** Points of an answer of so many bytes that is sent again. */
export function keptCost(bytes: number): number {
  return 0.02 + bytes * byteCost
}

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
  /** Charges what checking a document took, with the sender at hand. Known ones take next to nothing. */
  const chargeChecks = (context: unknown) => {
    const { client } = context as Sender
    const before = process.cpuUsage()
    return () => {
      const { user, system } = process.cpuUsage(before)
      points.charge(client, (user + system) / 1000)
    }
  }
  return {
    onParse({ context }) {
      const { client } = context as unknown as Sender
      const refused = points.refusalInDebt(client)
      if (refused) throw refused
      return chargeChecks(context)
    },
    onValidate: ({ context }) => chargeChecks(context),
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => {
        const context = args.contextValue as OperationContext
        const { client } = context
        const measured = measureArguments(args)
        const cost = Math.max(leastCost, measured.cost)
        const refused = points.take(client, cost)
        if (refused) {
          points.charge(client, refusalCost)
          return { errors: [refused] }
        }
        const scope = StatementScope.claimed(client)
        let refuse: ((refusal: ExecutionResult) => void) | undefined
        const budget = new ExecutionBudget(answerBytes, (reason) => {
          scope.end(reason)
          refuse?.(refusalFor(reason))
        })
        context.budget = budget
        scope.onEnd((reason) => {
          if (!(reason instanceof ApiError)) logFailure(log, 'A request was refused.', { error: reason })
          budget.stop(reason instanceof ApiError ? reason : (clientError(reason) as ApiError))
        })
        let unwatch: (() => void) | undefined
        /** Called once, when all is executed. */
        const settle = () => {
          unwatch?.()
          const ended = budget.stoppedBy ? cancelCost : 0
          const made = budget.values * usedByValue + budget.bytes * byteCost
          const used = Math.min(cost, leastCost + scope.spentMs + made + ended)
          points.giveBack(client, cost - used)
          return used
        }
        const finish = (result: ExecutionResult | AsyncIterable<ExecutionResult>) => {
          if (isAsyncIterable(result)) return boundedParts(result, budget, settle)
          const used = settle()
          const refusal = budget.stoppedBy ?? excess(result, budget, measured, answerBytes, args)
          if (refusal) return refusalFor(refusal)
          if (!asksCost(context)) return result
          const told = {
            asked: rounded(cost),
            used: rounded(used),
            left: points.left(client) ?? null,
          }
          return Object.assign(result, { extensions: { ...result.extensions, cost: told } })
        }
        const fail = (error: unknown) => {
          settle()
          throw error
        }
        try {
          const made: unknown = scope.run(() => executeFn({ ...args, fieldResolver: countedProperty }))
          if (!(made instanceof Promise)) return finish(made as ExecutionResult)
          // Only what waits can be stopped.
          const stopped = new Promise<ExecutionResult>((resolve) => {
            refuse = resolve
          })
          if (budget.stoppedBy) refuse?.(refusalFor(budget.stoppedBy))
          // What a mutation has begun is finished: its writes have limits of their own.
          const isQuery = getOperationAST(args.document, args.operationName)?.operation !== 'mutation'
          if (isQuery) unwatch = watch(budget, context, queryTimeoutMs)
          return Promise.race([made.then(finish, fail), stopped])
        } catch (error) {
          return fail(error)
        }
      })
    },
    onResponse({ response, serverContext }) {
      const { client } = serverContext as unknown as Sender
      const headers = points.headers(client)
      for (let at = 0; at < headers.length; at += 2)
        response.headers.set(headers[at] ?? '', headers[at + 1] ?? '')
    },
  }
}

/** Stops an execution that takes too long, and one that nobody waits for. Returns what ends that. */
function watch(budget: ExecutionBudget, { onLeave }: Sender, timeoutMs: number): () => void {
  const timer = setTimeout(() => budget.stop(tookTooLong()), timeoutMs)
  const stay = onLeave?.(() => budget.stop(hasLeft()))
  return () => {
    clearTimeout(timer)
    stay?.()
  }
}

function refusalFor(reason: ApiError): ExecutionResult {
  return { errors: [reason], data: null }
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
