import { type ExecutionArgs, type ExecutionResult, execute, type GraphQLError } from 'graphql'
import type { Delivery } from '../../db/feed/delivery.ts'
import type { Context } from '../../schema/core/context.ts'
import { clientError, formattedError } from '../client-errors.ts'
import { isUnavailable } from '../faults.ts'
import type { Logger } from '../log.ts'
import { logFailure } from '../log-failure.ts'

/** How errors of a subscription are classified and shown. */
export interface Format {
  /** The error as a client may see it. Masks and logs everything that is not meant for clients. */
  readonly toClient: (error: unknown) => GraphQLError
  /** Whether an error only means that the database cannot be reached for now. */
  readonly isOutage: (error: unknown) => boolean
}

/** The format of the server: errors as in any other operation, the masked ones logged. */
export function feedFormat(log: Logger): Format {
  return {
    isOutage: isUnavailable,
    toClient(error) {
      logFailure(log, 'A subscription failed, or a field of one of its events.', { error })
      return clientError(error)
    },
  }
}

/** The database could not be reached while a result was made; the same result can be made later. */
export class OutageError extends Error {
  override name = 'OutageError'
}

export type Operation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>

/**
 * The result of one delivery as JSON. A failed field is reported in its `errors`, as in any result; only an
 * outage throws, because an event that cannot be read for now must not be lost.
 */
export async function executeDelivery(
  operation: Operation,
  delivery: Delivery,
  contextValue: Context,
  { toClient, isOutage }: Format,
): Promise<string> {
  const result: ExecutionResult = await execute({
    ...operation,
    contextValue,
    // A subscription's root field has the event as its source; see schema/feed/feed.ts.
    rootValue: delivery,
  })
  const { errors, ...rest } = result
  if (!errors) return JSON.stringify(rest)
  const outage = errors.find(({ originalError }) => originalError && isOutage(originalError))
  if (outage) throw new OutageError('The database cannot be reached.', { cause: outage })
  return JSON.stringify({ errors: errors.map((error) => formattedError(toClient(error))), ...rest })
}
