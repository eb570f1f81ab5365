import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import { StatementScope } from '../../db/connection/statement-scope.ts'
import type { Delivery } from '../../db/feed/delivery.ts'
import { type Context, withBudget } from '../../schema/core/context.ts'
import { ExecutionBudget } from '../../schema/core/execution-budget.ts'
import { clientError, formattedError } from '../client-errors.ts'
import type { JsonAnswer, PreparedOperation } from '../execution/execute.ts'
import { isPromise, type Pending } from '../execution/execution.ts'
import type { RootField } from '../execution/plan.ts'
import { isTransient } from '../faults.ts'
import type { Logger } from '../log.ts'
import { logFailure } from '../log-failure.ts'

/** How results of a subscription are limited, and its errors classified and shown. */
export interface Format {
  /** The error as a client may see it. Masks and logs everything that is not meant for clients. */
  readonly toClient: (error: unknown) => GraphQLError
  /** Whether an error passes by itself, like a database that cannot be reached or a statement that took too long. */
  readonly isOutage: (error: unknown) => boolean
  /** Bytes of one result at most. */
  readonly maxBytes: number
}

/** The format of the server: errors as in any other operation, the masked ones logged. */
export function feedFormat(log: Logger, maxBytes: number): Format {
  return {
    maxBytes,
    isOutage: isTransient,
    toClient(error) {
      logFailure(log, 'A subscription failed, or a field of one of its events.', { error })
      return clientError(error)
    },
  }
}

/** A result as clients may see it, its fields as JSON. `fields` is null if an error left nothing. */
export interface JsonResult {
  readonly errors?: readonly GraphQLFormattedError[]
  readonly fields: readonly RootField[] | null
}

/** The database could not answer while a result was made; the same result can be made later. */
export class OutageError extends Error {
  override name = 'OutageError'
}

/** Why statements for subscriptions end that nobody has any more. */
export class AbandonedError extends Error {
  override name = 'AbandonedError'
}

/** An event of which nothing can be delivered. `result` is what clients see in its place. */
export class UndeliverableError extends Error {
  override name = 'UndeliverableError'
  readonly result: JsonResult

  constructor(result: JsonResult) {
    super('An event cannot be delivered.')
    this.result = result
  }
}

/** Results are made for many clients at a time. All subscriptions together have the share of one of those who query. */
export function scopeOfSubscriptions(): StatementScope {
  return new StatementScope('subscriptions', { isPatient: true })
}

/** A result, and how many values were made for it. */
export interface Executed {
  readonly result: JsonResult
  readonly values: number
}

/**
 * The result of one delivery, at once where nothing has to be waited for. A field that failed is null and reported in
 * its `errors`, as in any result. Throws, or rejects with, OutageError where the cause passes, ApiError where the result
 * is larger than clients get, and UndeliverableError where nothing of the event is left: it must not be lost.
 */
export function executeDelivery(
  operation: PreparedOperation,
  delivery: Delivery,
  context: Context,
  format: Format,
): Pending<Executed> {
  const budget = new ExecutionBudget(format.maxBytes)
  // A subscription's root field has the event as its source; see schema/feed/feed.ts.
  const answer = operation.run(delivery, withBudget(context, budget))
  return isPromise(answer)
    ? answer.then((settled) => judged(settled, budget, format))
    : judged(answer, budget, format)
}

function judged(
  { errors, fields = null }: JsonAnswer,
  { stoppedBy, values }: ExecutionBudget,
  { toClient, isOutage }: Format,
): Executed {
  if (stoppedBy) throw stoppedBy
  if (!errors) return { result: { fields }, values }
  // A topic that was abandoned may have begun what others share with it. They ask again.
  const outage = errors.find(
    ({ originalError }) =>
      originalError && (isOutage(originalError) || originalError instanceof AbandonedError),
  )
  if (outage) throw new OutageError('The database cannot answer.', { cause: outage })
  const result = { errors: errors.map((error) => formattedError(toClient(error))), fields }
  if (!fields) throw new UndeliverableError(result)
  return { result, values }
}
