import type { Server } from 'node:http'
import { GraphQLError } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { viewerOf } from './auth.ts'
import type { Engine } from './graphql.ts'

export interface WebSocketOptions {
  readonly engine: Engine
  readonly writeToken: string | undefined
  /** Bytes of one message at most. */
  readonly maxPayload: number
}

export interface WebSockets {
  /** Says "going away" to every client, and takes no new one. */
  close(): Promise<void>
}

/** GraphQL over WebSocket (the graphql-transport-ws protocol) on `/graphql`, through the same engine as HTTP. */
export function attachWebSockets(
  server: Server,
  { engine, writeToken, maxPayload }: WebSocketOptions,
): WebSockets {
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload })
  const protocol = useServer(
    {
      execute: (args) => envelopedOf(args).execute(args),
      subscribe: (args) => envelopedOf(args).subscribe(args),
      async onSubscribe({ connectionParams, extra }, _id, { query, variables, operationName }) {
        const given = connectionParams?.authorization ?? connectionParams?.Authorization
        const authorization = typeof given === 'string' ? given : extra.request.headers.authorization
        const enveloped = engine.getEnveloped({ viewer: viewerOf(authorization, writeToken) })
        // A thrown error would close the socket, and with it every other subscription of this client.
        try {
          const document = enveloped.parse(query)
          const faults = enveloped.validate(enveloped.schema, document)
          if (faults.length > 0) return faults
          const contextValue = await enveloped.contextFactory()
          return {
            schema: enveloped.schema,
            document,
            contextValue,
            variableValues: variables ?? {},
            operationName: operationName ?? undefined,
            rootValue: { enveloped },
          }
        } catch (error) {
          if (error instanceof GraphQLError) return [error]
          throw error
        }
      },
      isProd: true,
    },
    sockets,
  )
  return { close: async () => protocol.dispose() }
}

/** The execution that belongs to the parse and the context of `onSubscribe`, which hands it over in the root value. */
function envelopedOf({ rootValue }: { rootValue?: unknown }): ReturnType<Engine['getEnveloped']> {
  const { enveloped } = rootValue as { enveloped: ReturnType<Engine['getEnveloped']> }
  return enveloped
}
