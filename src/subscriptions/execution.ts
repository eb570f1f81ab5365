import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import type { Delivery } from '../../db/feed/delivery.ts'
import type { Context } from '../../schema/core/context.ts'
import { clientError, formattedError } from '../client-errors.ts'
import type { PreparedOperation } from '../execution/execute.ts'
import type { RootField } from '../execution/plan.ts'
import { isTransient } from '../faults.ts'
import type { Logger } from '../log.ts'
import { logFailure } from '../log-failure.ts'

/** How errors of a subscription are classified and shown. */
export interface Format {
  /** The error as a client may see it. Masks and logs everything that is not meant for clients. */
  readonly toClient: (error: unknown) => GraphQLError
  /** Whether an error passes by itself, like a database that cannot be reached or a statement that took too long. */
  readonly isOutage: (error: unknown) => boolean
}

/** The format of the server: errors as in any other operation, the masked ones logged. */
export function feedFormat(log: Logger): Format {
  return {
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

/** An event of which nothing can be delivered. `result` is what clients see in its place. */
export class UndeliverableError extends Error {
  override name = 'UndeliverableError'
  readonly result: JsonResult

  constructor(result: JsonResult) {
    super('An event cannot be delivered.')
    this.result = result
  }
}

/**
 * The result of one delivery. A field that failed is null and reported in its `errors`, as in any result. Throws
 * OutageError where the cause passes, and UndeliverableError where nothing of the event is left: it must not be lost.
 */
export async function executeDelivery(
  operation: PreparedOperation,
  delivery: Delivery,
  context: Context,
  { toClient, isOutage }: Format,
): Promise<JsonResult> {
  // A subscription's root field has the event as its source; see schema/feed/feed.ts.
  const { errors, fields } = await operation.run(delivery, context)
  if (!errors) return { fields }
  const outage = errors.find(({ originalError }) => originalError && isOutage(originalError))
  if (outage) throw new OutageError('The database cannot answer.', { cause: outage })
  const result = { errors: errors.map((error) => formattedError(toClient(error))), fields }
  if (!fields) throw new UndeliverableError(result)
  return result
}
