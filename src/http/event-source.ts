import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { plainError } from '../client-errors.ts'

/** Of a response of Server-Sent Events. */
export const eventStreamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  // A proxy that compresses or buffers would hold events back until it has enough of them.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** Whether a browser's EventSource asks, or who does as it does. */
export function isEventSource({ headers }: IncomingMessage): boolean {
  return headers['last-event-id'] !== undefined || (headers.accept ?? '').includes('text/event-stream')
}

/** Makes an EventSource, which would take a refusal for final, come back by itself with the cursor that it holds. */
export function postpone(response: ServerResponse, error: GraphQLError, retryMs: number): void {
  const fault = `event: fault\ndata: ${JSON.stringify(plainError(error))}\n\n`
  response.writeHead(200, eventStreamHeaders).end(`retry: ${retryMs}\n${fault}`)
}
