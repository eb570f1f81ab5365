import type { TestApp } from './app.ts'
import { awaiting } from './patience.ts'

export interface FeedMessage {
  id: string
  event: string
  retry: string
  data: { type: string; cursor: string; previousCursor: string; paper: { title: string } }
}

/** A plain reader of `/feed`, which shows the ids that an EventSource keeps to itself. */
export async function readFeed(
  app: Pick<TestApp, 'url'>,
  path: string,
  headers: Record<string, string> = {},
) {
  const stop = new AbortController()
  const response = await fetch(`${app.url}/feed${path}`, { headers, signal: stop.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const read = async () => (await reader?.read()) ?? ({ done: true, value: undefined } as const)
  let text = ''
  return {
    response,
    async next(): Promise<Partial<FeedMessage>> {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end === -1) {
          const reading = awaiting(() => `more of /feed${path} behind ${JSON.stringify(text)}`, read())
          const { value, done } = await reading
          if (done) throw new Error(`The stream ended: ${text}`)
          text += value
          continue
        }
        const lines = text.slice(0, end).split('\n')
        text = text.slice(end + 2)
        const fields = Object.fromEntries(
          lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        return { ...fields, ...(fields.data ? { data: JSON.parse(fields.data) } : {}) }
      }
    },
    stop: () => stop.abort(),
  }
}

/** The next event of a stream that is no heartbeat. */
export async function nextEvent(stream: Awaited<ReturnType<typeof readFeed>>): Promise<Partial<FeedMessage>> {
  let event = await stream.next()
  while (event.event === 'heartbeat' || event.data === undefined) event = await stream.next()
  return event
}
