import type { DocumentNode, ExecutionResult } from 'graphql'
import type { Engine, Transport } from './engine.ts'

/** For whom a document is executed: who may see it, who pays for it, and when nobody waits any more. */
export type Sender = Pick<Transport, 'viewer' | 'client' | 'onLeave'>

/**
 * Executes a query of this program for a client and resolves with its data: for pages and feeds, which are made of the
 * same answers as those of `/graphql`. Rejects with the first error that the answer has, as the client may see it.
 *
 * @param document the text of one query, without `@defer` and `@stream`
 */
export type ExecuteInProcess = <Data>(
  document: string,
  variables: Readonly<Record<string, unknown>>,
  sender: Sender,
) => Promise<Data>

/** Executes through all plugins of the engine: rights, limits, points, shares of the database and times are the usual. */
export function createExecuteInProcess(engine: Engine): ExecuteInProcess {
  return async <Data>(
    document: string,
    variables: Readonly<Record<string, unknown>>,
    { viewer, client, onLeave }: Sender,
  ) => {
    const params = { query: document, variables }
    const transport = { viewer, client, ...(onLeave && { onLeave }), params }
    const { parse, validate, execute, schema, contextFactory } = engine.getEnveloped(transport)
    const parsed = parse(document) as DocumentNode
    const faults = validate(schema, parsed) as readonly Error[]
    if (faults[0]) throw faults[0]
    const result = (await execute({
      ...{ schema, document: parsed, variableValues: variables },
      contextValue: await contextFactory(),
    })) as ExecutionResult
    if (result.errors?.[0]) throw result.errors[0]
    return result.data as Data
  }
}
