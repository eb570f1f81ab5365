import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type FormattedExecutionResult, GraphQLError, getOperationAST } from 'graphql'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { ApiError } from '../../../schema/core/errors.ts'
import { viewerOf } from '../../auth.ts'
import { clientError, formattedError } from '../../client-errors.ts'
import type { Engine } from '../../graphql/engine.ts'
import type { Asked } from '../../graphql/trusted.ts'
import type { Logger } from '../../log.ts'
import { mayConnect } from '../../origins.ts'
import { Connection, type ConnectionOptions } from './ws-connection.ts'
import { addressOf, type Pushing, pushing } from './yoga-plugin.ts'

export interface WebSocketOptions extends Partial<ConnectionOptions> {
  readonly engine: Engine
  readonly writeToken: string | undefined
  /** Bytes of one message at most. */
  readonly maxPayload: number
  readonly log: Logger
  /** The text of the document that a payload asks. The default is its `query`. */
  readonly documentOf?: (asked: Asked) => string | undefined
  /** Refuses an operation on a socket that has so many already, by throwing an ApiError. */
  readonly checkSocket?: (subscriptions: number) => void
  /** Origins whose pages may connect, beside those of this host; `*` for all. The default. */
  readonly origins?: readonly string[]
  /** WebSockets of all clients at most. Default 20,000. */
  readonly maxSockets?: number
  /** WebSockets from one network address at most. Default 2,000. */
  readonly maxSocketsPerAddress?: number
  /** Milliseconds between pings; a peer that is silent for two of them is let go. Default 12,000. */
  readonly pingEvery?: number
  /** When a client's rights end, from its `connection_init` payload; the socket is closed then with 4403. */
  readonly expiryOf?: (connectionParams: Readonly<Record<string, unknown>> | undefined) => Date | undefined
}

export interface WebSockets {
  /** How many are open. */
  readonly size: number
  /** Bytes that wait in this process for all clients. */
  readonly buffered: number
  /** Takes no new one, tells every client when to come back, and cuts those that do not leave in time. */
  close(spreadMs?: number, patienceMs?: number): Promise<void>
}

type Extra = Connection

/**
 * GraphQL over WebSocket on `/graphql`. The protocol is graphql-ws's; the results of subscriptions go past it,
 * ready-made, to the sockets.
 */
export function attachWebSockets(server: Server, options: WebSocketOptions): WebSockets {
  const { engine, writeToken, maxPayload, log, pingEvery = 12_000 } = options
  const { maxSockets = 20_000, maxSocketsPerAddress = 2_000, origins = ['*'] } = options
  const upgrader = new WebSocketServer({ noServer: true, maxPayload, handleProtocols })
  const connections = new Set<Connection>()
  const addresses = new Map<string, number>()
  let closing = false

  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: 10_000,
    execute: (args) => operationOf(args).enveloped.execute(args),
    async subscribe(args) {
      const { enveloped, push } = operationOf(args)
      const wrapped = await enveloped.subscribe(args)
      // graphql-ws keeps these for as long as the subscription lasts: of thousands, a third of their memory.
      args.rootValue = undefined
      args.contextValue = undefined
      return push.results ?? wrapped
    },
    onConnect({ connectionParams, extra }) {
      const expiry = options.expiryOf?.(connectionParams)
      if (expiry) extra.expireAt(expiry)
    },
    async onSubscribe({ connectionParams, extra, subscriptions }, id, payload) {
      const { query, variables, operationName } = payload
      const given = connectionParams?.authorization ?? connectionParams?.Authorization
      const authorization = typeof given === 'string' ? given : extra.request.headers.authorization
      const push: Pushing = { address: extra.address, makeSink: extra.sinkFor(id) }
      const viewer = viewerOf(authorization, writeToken)
      const enveloped = engine.getEnveloped({ viewer, [pushing]: push })
      // A thrown error would close the socket, and with it every other operation of this client.
      try {
        // This one is among them already.
        options.checkSocket?.(Object.keys(subscriptions).length - 1)
        const document = enveloped.parse(options.documentOf?.(payload) ?? query)
        const faults = enveloped.validate(enveloped.schema, document)
        if (faults.length > 0) return faults
        if (!getOperationAST(document, operationName)) return [noOperation()]
        const contextValue = await enveloped.contextFactory()
        return {
          schema: enveloped.schema,
          document,
          contextValue,
          variableValues: variables ?? {},
          operationName: operationName ?? undefined,
          rootValue: { enveloped, push },
        }
      } catch (error) {
        if (error instanceof GraphQLError) return [error]
        throw error
      }
    },
    // graphql-ws refuses some by itself, without a code.
    onError: (_context, _id, _payload, errors) => errors.map((error) => formattedError(clientError(error))),
    onNext: (_context, _id, _payload, _args, { errors, ...result }) =>
      errors && ({ errors: errors.map(formattedError), ...result } as FormattedExecutionResult),
  })

  function onUpgrade(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    const path = request.url?.split('?', 1)[0]
    const refusal = path !== '/graphql' ? '404 Not Found' : !mayConnect(origins, request) && '403 Forbidden'
    if (refusal) {
      raw.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    // An http.Server gives the TCP socket itself.
    upgrader.handleUpgrade(request, raw, head, (socket) => accept(socket, request, raw as Socket))
  }

  function accept(socket: WebSocket, request: IncomingMessage, raw: Socket): void {
    const address = addressOf(request)
    const fromHere = addresses.get(address) ?? 0
    const refusal = closing
      ? 'This server is about to stop. Try again.'
      : connections.size >= maxSockets
        ? `This server has ${maxSockets} connections, which is all it takes.`
        : fromHere >= maxSocketsPerAddress &&
          `Your address has ${maxSocketsPerAddress} connections, all it may have.`
    socket.on('error', (error) => log.debug('A WebSocket failed.', { reason: error.message }))
    if (refusal) {
      socket.close(tryAgainLater, refusal)
      return
    }

    const connection = new Connection(socket, raw, request, address, options)
    connections.add(connection)
    addresses.set(address, fromHere + 1)
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => connection.send(data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on('message', (data) => {
            connection.heard()
            handle(String(data)).catch((error) => {
              log.error('A WebSocket message could not be handled.', { error })
              socket.close(CloseCode.InternalServerError, 'Internal server error')
            })
          }),
      },
      connection,
    )
    socket.once('close', (code, reason) => {
      connections.delete(connection)
      connection.dispose()
      const others = (addresses.get(address) ?? 1) - 1
      if (others > 0) addresses.set(address, others)
      else addresses.delete(address)
      closed(code, String(reason)).catch((error) => log.error('A WebSocket could not be closed.', { error }))
    })
  }

  server.on('upgrade', onUpgrade)
  const pings = setInterval(() => {
    for (const connection of connections) connection.ping()
  }, pingEvery).unref()

  return {
    get size() {
      return connections.size
    },
    get buffered() {
      let bytes = 0
      for (const { socket } of connections) bytes += socket.bufferedAmount
      return bytes
    },
    async close(spreadMs = 5_000, patienceMs = 2_000) {
      closing = true
      clearInterval(pings)
      const left = [...connections].map((connection) => connection.ended)
      for (const connection of connections) connection.restart(Math.round(Math.random() * spreadMs))
      const cut = setTimeout(() => {
        for (const { socket } of connections) socket.terminate()
      }, patienceMs)
      await Promise.all(left)
      clearTimeout(cut)
      server.off('upgrade', onUpgrade)
    },
  }
}

const tryAgainLater = 1013

/** In the words of Yoga. */
function noOperation(): ApiError {
  return new ApiError('OPERATION_RESOLUTION_FAILURE', 'Could not determine what operation to execute.')
}

interface Operation {
  readonly enveloped: ReturnType<Engine['getEnveloped']>
  readonly push: Pushing
}

/** What belongs to the parse and the context of `onSubscribe`, which hands it over in the root value. */
function operationOf({ rootValue }: { rootValue?: unknown }): Operation {
  return rootValue as Operation
}
