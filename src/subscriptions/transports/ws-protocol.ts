import { GraphQLError } from 'graphql'
import { makeServer, type Server } from 'graphql-ws'
import type { ViewerOf } from '../../auth.ts'
import { clientError, formattedError } from '../../client-errors.ts'
import { turnOfRequest } from '../../client-turns.ts'
import type { Engine } from '../../graphql/engine.ts'
import type { Asked } from '../../graphql/trusted.ts'
import type { Hub } from '../hub.ts'
import type { WebSocketConnection } from './ws-connection.ts'
import { WebSocketOperation } from './ws-operation.ts'

export interface ProtocolOptions {
  readonly engine: Engine
  readonly hub: Hub
  readonly viewerOf: ViewerOf
  /** The text of the document that a payload names by an id, if it does; see trusted.ts. */
  readonly documentOf: (asked: Asked) => string | undefined
}

/** Milliseconds after which a client that has not sent `connection_init` is disconnected. */
const connectionInitTimeoutMs = 10_000

/** The protocol `graphql-transport-ws`, for any number of connections. */
export function createProtocol({
  engine,
  hub,
  viewerOf,
  documentOf,
}: ProtocolOptions): Server<WebSocketConnection> {
  return makeServer<Record<string, unknown>, WebSocketConnection>({
    connectionInitWaitTimeout: connectionInitTimeoutMs,
    execute: (args) => WebSocketOperation.of(args).execute(args),
    subscribe: (args) => WebSocketOperation.of(args).subscribe(args),
    async onSubscribe({ connectionParams, extra: connection }, id, payload) {
      const given = connectionParams?.authorization ?? connectionParams?.Authorization
      const authorization = typeof given === 'string' ? given : connection.authorization
      // A thrown error would close the socket, and with it every other operation of this client.
      try {
        await turnOfRequest(() => connection.address)
        const viewer = await viewerOf(authorization)
        const operation = new WebSocketOperation(engine, hub, connection, id, viewer, payload.extensions)
        return await operation.prepare({ ...payload, query: documentOf(payload) ?? payload.query })
      } catch (error) {
        if (error instanceof GraphQLError) return [error]
        throw error
      }
    },
    // graphql-ws refuses some by itself, without a code.
    onError: (_context, _id, _payload, errors) => errors.map((error) => formattedError(clientError(error))),
    // graphql-ws copies results, and so what they have of their own.
    onNext: (_context, _id, _payload, _args, { errors, data, extensions }) => ({
      ...(errors && { errors: errors.map(formattedError) }),
      ...(data !== undefined && { data }),
      ...(extensions && { extensions }),
    }),
  })
}
