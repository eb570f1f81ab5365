import { createServer } from 'node:http'
import { createGatewayRuntime, getGraphQLWSOptions } from '@graphql-hive/gateway-runtime'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { passedOn, readOptions, serve } from './options.ts'

/** Hive Gateway as a program, in front of the supergraph in the file of its options. */
const { supergraph, port, subscriptions, timeoutMs } = readOptions()

const gateway = createGatewayRuntime({
  supergraph,
  logging: 'warn',
  // A time limit would end subscriptions too, without an error.
  upstreamTimeout: ({ executionRequest }) =>
    executionRequest?.operationType === 'subscription' ? undefined : timeoutMs,
  maskedErrors: false,
  // Keep the error codes of the subgraph.
  subgraphErrors: { errorCode: false },
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(passedOn.map((name) => [name, request.headers.get(name)])),
  },
  transportEntries: {
    papers:
      subscriptions === 'ws'
        ? {
            options: {
              subscriptions: {
                kind: 'ws',
                location: '/graphql',
                options: { connectionParams: { authorization: '{context.headers.authorization}' } },
              },
            },
          }
        : {},
  },
})

const server = createServer(gateway)
const sockets = new WebSocketServer({ noServer: true })
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request))
})
const served = useServer(
  getGraphQLWSOptions(gateway, ({ extra }) => ({ request: requestOf(extra as Upgrade) })),
  sockets,
)

interface Upgrade {
  readonly request: import('node:http').IncomingMessage
}

/** The gateway reads headers of a Fetch API request; a socket has those of its upgrade. */
function requestOf({ request }: Upgrade): Request {
  const headers = Object.entries(request.headersDistinct).map(([name, values]): [string, string] => [
    name,
    values?.join(', ') ?? '',
  ])
  return new Request(`http://${request.headers.host}${request.url}`, { headers })
}

// It reads the supergraph at the first HTTP request; a socket that came before that would be refused.
await gateway.getSchema()
serve(server, port, async () => {
  await served.dispose()
  await gateway.dispose()
})
