import { type Client, createClient } from 'graphql-ws'

/** The WebSocket of the examples for Apollo Client, urql and Relay. */

/** Seconds between two attempts to connect, at most. */
const longestWait = 30

/**
 * One WebSocket for all subscriptions, which outlives restarts of the server: by itself, graphql-ws gives up as soon as a
 * connection is refused. A subscription whose variables have `after` and whose events have a `cursor` continues after
 * the last event that it received.
 *
 * @param url of the endpoint, e.g. `http://localhost:4000/graphql`
 * @param webSocketImpl for a runtime without `WebSocket`
 */
export function createLiveSocket(url: string, webSocketImpl?: unknown): Client {
  const socket = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) => {
      const seconds = Math.min(2 ** retries, longestWait) * (0.5 + Math.random() / 2)
      return new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
    },
  })
  return {
    ...socket,
    // It rejects with the reason why there is no connection to close.
    dispose: async () => void (await Promise.resolve(socket.dispose()).catch(() => {})),
    subscribe(payload, sink) {
      // What is sent again after a cut.
      const variables: Record<string, unknown> = { ...payload.variables }
      return socket.subscribe<Record<string, unknown>>(
        { ...payload, variables },
        {
          error: (error) => sink.error(error),
          complete: () => sink.complete(),
          next(result) {
            const [event] = Object.values(result.data ?? {}) as ({ cursor?: string } | null)[]
            if (event?.cursor && 'after' in variables) variables.after = event.cursor
            sink.next(result as Parameters<typeof sink.next>[0])
          },
        },
      )
    },
  }
}
