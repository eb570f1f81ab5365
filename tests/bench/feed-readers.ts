import { setTimeout as sleep } from 'node:timers/promises'
import { followFeed } from '../../src/client/follow.ts'

/** What a client of the fault script keeps: the cursors of the events it was given, in the order they came. */
export interface Reader {
  readonly name: string
  readonly kinds: readonly string[] | undefined
  readonly keyword: string | undefined
  readonly cursors: string[]
  reconnects: number
  /** How often it was told that events it had received are lost, and where to go on. */
  told: number
  readonly done: Promise<void>
}

export interface ReaderOptions extends Pick<Reader, 'name' | 'kinds' | 'keyword'> {
  readonly url: string
  readonly signal: AbortSignal
  /** How long the reader stops now and then, in milliseconds. */
  readonly dawdle: () => number
}

/** The documented recipe over WebSocket. */
export function socketReader({ url, signal, dawdle, ...given }: ReaderOptions): Reader {
  const cursors: string[] = []
  const filter = given.keyword === undefined ? undefined : { keywords: [given.keyword] }
  const read = async () => {
    for await (const { cursor } of followFeed({
      ...{ url: `${url}/graphql`, after: 'START', kinds: given.kinds, filter, signal, heartbeatSeconds: 2 },
      onLost: () => {
        reader.reconnects += 1
      },
      onGap: () => {
        reader.told += 1
      },
    })) {
      cursors.push(cursor)
      const pause = dawdle()
      if (pause > 0) await sleep(pause)
    }
  }
  const reader: Reader = { ...given, cursors, reconnects: 0, told: 0, done: read() }
  return reader
}

/** What a browser's EventSource does on `/feed`: remembers the last id, and comes back with it. */
export function eventReader({ url, signal, dawdle, ...given }: ReaderOptions): Reader {
  const cursors: string[] = []
  const query = new URLSearchParams({ after: 'START', heartbeat: '2' })
  if (given.kinds) query.set('kinds', given.kinds.join(','))
  if (given.keyword !== undefined) query.set('filter', JSON.stringify({ keywords: [given.keyword] }))
  let last = ''
  const once = async () => {
    const silent = new AbortController()
    let watchdog = setTimeout(() => silent.abort(), 6000)
    try {
      const response = await fetch(`${url}/feed?${query}`, {
        headers: last ? { 'last-event-id': last } : {},
        signal: AbortSignal.any([signal, silent.signal]),
      })
      if (!response.ok) throw new Error(await response.text())
      let text = ''
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        clearTimeout(watchdog)
        watchdog = setTimeout(() => silent.abort(), 6000)
        const messages = (text + chunk).split('\n\n')
        text = messages.pop() ?? ''
        for (const message of messages) {
          const id = /^id: (.*)$/m.exec(message)?.[1]
          if (id) last = id
          if (/^event: reset$/m.test(message)) reader.told += 1
          if (id && !/^event: /m.test(message) && /^data: /m.test(message)) cursors.push(id)
        }
        const pause = dawdle()
        if (pause > 0) await sleep(pause)
      }
    } finally {
      clearTimeout(watchdog)
    }
  }
  const read = async () => {
    while (!signal.aborted) {
      await once().catch(() => {})
      reader.reconnects += 1
      await sleep(200, undefined, { signal }).catch(() => {})
    }
  }
  const reader: Reader = { ...given, cursors, reconnects: 0, told: 0, done: read() }
  return reader
}
