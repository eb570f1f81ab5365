import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { GraphQLError, getOperationAST, print } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import { passedOn, readOptions, serve } from '../../../src/examples/gateway/options.ts'

/**
 * Apollo Gateway as a program. Its planner and executor are the gateway; the HTTP around it, which is Apollo
 * Server's otherwise, is Yoga's here.
 */
const { supergraph, port, timeoutMs, checkHealth } = readOptions()

interface GatewayContext {
  readonly headers: Headers
}

class Subgraph extends RemoteGraphQLDataSource<GatewayContext> {
  override willSendRequest({
    request,
    context,
  }: Parameters<NonNullable<RemoteGraphQLDataSource<GatewayContext>['willSendRequest']>>[0]) {
    for (const name of passedOn) {
      const value = context.headers?.get(name)
      if (value) request.http?.headers.set(name, value)
    }
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: async ({ healthCheck }) => {
    if (checkHealth) await healthCheck(supergraph)
    return { supergraphSdl: supergraph }
  },
  buildService: ({ url }) => new Subgraph(url === undefined ? {} : { url, fetcher: impatient }),
})

/** The gateway sets no limit of its own; it takes any fetcher. */
const impatient: RemoteGraphQLDataSource['fetcher'] = async (url, init) => {
  try {
    const response = await fetch(url, { ...(init as RequestInit), signal: AbortSignal.timeout(timeoutMs) })
    return response as unknown as Awaited<ReturnType<RemoteGraphQLDataSource['fetcher']>>
  } catch (error) {
    const { cause, message } = error as Error
    throw new Error(cause instanceof Error ? cause.message : message)
  }
}

const { schema, executor } = await gateway.load()
const logger = { debug() {}, info() {}, warn: console.warn, error: console.error }
const cache = { get: async () => undefined, set: async () => {}, delete: async () => true }

const planned: Plugin = {
  onExecute({ args, setExecuteFn }) {
    setExecuteFn(async () => {
      const { document, operationName, variableValues, contextValue } = args
      const source = print(document)
      const { headers } = (contextValue as { request: Request }).request
      const operation = getOperationAST(document, operationName)
      if (!operation) throw new Error('No operation.')
      const { errors, ...result } = await executor({
        document,
        source,
        operation,
        operationName: operation.name?.value ?? null,
        queryHash: createHash('sha256').update(source).digest('hex'),
        request: { query: source, operationName: operationName ?? undefined, variables: variableValues },
        context: { headers },
        schema,
        logger,
        cache,
        metrics: {},
      } as unknown as Parameters<typeof executor>[0])
      return errors ? { ...result, errors: errors.map(asGraphQLError) } : result
    })
  },
}

/** A request that failed is a bare Error until Apollo Server has given it this form. */
function asGraphQLError(error: Error): GraphQLError {
  if (error instanceof GraphQLError) return error
  return new GraphQLError(error.message, { extensions: { code: 'INTERNAL_SERVER_ERROR' } })
}

const yoga = createYoga({
  schema,
  logging: false,
  landingPage: false,
  maskedErrors: false,
  plugins: [planned],
})

serve(createServer(yoga), port, async () => {
  await gateway.stop()
})
