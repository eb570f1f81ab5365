import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a gateway is started with: JSON in the only argument. */
export interface GatewayOptions {
  readonly supergraphFile: string
  /** 0 asks the system for a free one. */
  readonly port: number
  /** How Hive Gateway subscribes at subgraphs. */
  readonly subscriptions: 'ws' | 'sse'
  /** How long a subgraph may take to answer. */
  readonly timeoutMs: number
  /** Whether Apollo Gateway asks the subgraphs before it starts. */
  readonly checkHealth: boolean
}

/** Headers of the client that the subgraphs get too. */
export const passedOn = ['authorization', 'traceparent', 'x-request-id'] as const

export function readOptions(): GatewayOptions & { supergraph: string } {
  const options = JSON.parse(process.argv[2] ?? '') as GatewayOptions
  return { ...options, supergraph: readFileSync(options.supergraphFile, 'utf8') }
}

/** Listens, says where, and ends with SIGTERM. */
export function serve(server: Server, port: number, close: () => Promise<void>): void {
  server.once('error', ({ message }) => {
    console.error(`The gateway cannot listen: ${message}.`)
    process.exit(1)
  })
  server.listen(port, '127.0.0.1', () => {
    console.log(`listening on ${(server.address() as AddressInfo).port}`)
  })
  process.once('SIGTERM', async () => {
    await close()
    server.close()
    server.closeAllConnections()
    process.exit(0)
  })
}
