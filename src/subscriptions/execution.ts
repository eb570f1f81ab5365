import { type ExecutionArgs, type ExecutionResult, execute, type GraphQLError } from 'graphql'
import type { Delivery } from '../../db/feed/delivery.ts'
import type { Context } from '../../schema/core/context.ts'
import { clientError, formattedError, isServerFault } from '../client-errors.ts'
import { isUnavailable } from '../faults.ts'
import type { Logger } from '../log.ts'

/** How a subscription's results are made and told. */
export interface Format {
  /** What a client is told of an error. Everything that is not meant for clients is masked and logged there. */
  readonly toClient: (error: unknown) => GraphQLError
  /** Whether an error only means that the database is away for now. */
  readonly isOutage: (error: unknown) => boolean
}

/** The format of the server: errors as any other operation tells them, the masked ones logged. */
export function feedFormat(log: Logger): Format {
  return {
    isOutage: isUnavailable,
    toClient(error) {
      if (isServerFault(error)) log.error('An event of a subscription could not be told whole.', { error })
      return clientError(error)
    },
  }
}

/** The database was away while a result was made; the same result can be made later. */
export class OutageError extends Error {
  override name = 'OutageError'
}

export type Operation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>

/**
 * The result of one delivery as JSON. A fault in one field is told in its `errors`, as in any result; only an
 * outage throws, because an event that could not be read for now must not be lost.
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
  if (outage) throw new OutageError('The database is away.', { cause: outage })
  return JSON.stringify({ errors: errors.map((error) => formattedError(toClient(error))), ...rest })
}
