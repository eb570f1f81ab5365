import type { FormattedExecutionResult } from 'graphql'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { within } from '../../db/connection/within.ts'
import type { TestApp } from './app.ts'

/** A running subscription that keeps every result until it is asked for, so that a test cannot miss one. */
export interface TestSubscription<Data> extends AsyncDisposable {
  /** The `data` of the next result. Throws where the result has errors, where the subscription is over, or when nothing comes in time. */
  next(withinMs?: number): Promise<Data>
  /** The next result as it is, errors included. */
  nextResult(withinMs?: number): Promise<FormattedExecutionResult<Data>>
  /** Resolves when the server has said that it is over; `undefined`, or why it failed. */
  ended(withinMs?: number): Promise<unknown>
  /** Results that have come and were not asked for yet. */
  readonly waiting: number
  /** Unsubscribes. */
  close(): Promise<void>
}

const patienceMs = 50_000

/** Subscribes over WebSocket with the graphql-ws client. It never reconnects: a test would not see the cut. */
export function subscribe<Data>(
  app: Pick<TestApp, 'wsEndpoint'>,
  document: string,
  variables: Record<string, unknown> = {},
  connectionParams: Record<string, unknown> = {},
): TestSubscription<Data> {
  const client = createClient({
    url: app.wsEndpoint,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  })
  const queue = resultQueue<Data>(document)
  const leave = client.subscribe<Data>(
    { query: document, variables },
    {
      next: (result) => queue.add(result as FormattedExecutionResult<Data>),
      error: (error) => queue.end(error ?? new Error('The subscription failed.')),
      complete: () => queue.end(),
    },
  )
  return queue.subscription(async () => {
    leave()
    await client.dispose()
  })
}

/** Subscribes over Server-Sent Events, as GraphQL over SSE (distinct connections) writes them. */
export async function subscribeSse<Data>(
  app: Pick<TestApp, 'endpoint'>,
  document: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<TestSubscription<Data>> {
  const stop = new AbortController()
  const response = await fetch(app.endpoint, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: document, variables }),
    signal: stop.signal,
  })
  const queue = resultQueue<Data>(document)
  const read = async () => {
    let text = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const messages = (text + chunk).split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) {
        const { event, data } = Object.fromEntries(
          message
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        if (event === 'next') queue.add(JSON.parse(data ?? ''))
        if (event === 'complete') queue.end()
      }
    }
    queue.end(new Error('The stream ended without a word.'))
  }
  void read().catch((error) => queue.end(error))
  return queue.subscription(async () => stop.abort())
}

function resultQueue<Data>(document: string) {
  const results: FormattedExecutionResult<Data>[] = []
  const over = Promise.withResolvers<unknown>()
  let isOver = false
  let wake = () => {}

  async function nextResult(withinMs = patienceMs): Promise<FormattedExecutionResult<Data>> {
    const deadline = Date.now() + withinMs
    for (;;) {
      const result = results.shift()
      if (result) return result
      if (isOver) throw new Error('The subscription is over.', { cause: await over.promise })
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      await within(deadline - Date.now(), promise, `No result came within ${withinMs} ms: ${document}`)
    }
  }

  return {
    add(result: FormattedExecutionResult<Data>) {
      results.push(result)
      wake()
    },
    end(reason?: unknown) {
      isOver = true
      over.resolve(reason)
      wake()
    },
    subscription(close: () => Promise<void>): TestSubscription<Data> {
      return {
        nextResult,
        async next(withinMs) {
          const { data, errors } = await nextResult(withinMs)
          if (!data || errors) throw new Error(`The result has errors: ${JSON.stringify(errors)}`)
          return data
        },
        ended: (withinMs = patienceMs) =>
          within(withinMs, over.promise, `This did not end within ${withinMs} ms: ${document}`),
        get waiting() {
          return results.length
        },
        close,
        [Symbol.asyncDispose]: close,
      }
    },
  }
}
