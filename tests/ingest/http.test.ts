import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json } from '../../src/ingest/http/body.ts'
import { createHttpClient, type HttpClientOptions } from '../../src/ingest/http/client.ts'
import { UpstreamError } from '../../src/ingest/http/errors.ts'
import { testClock } from '../support/clock.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { faults } from '../support/upstream-faults.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
  upstream.editions.set('2026-06-16', [])
})
afterAll(() => upstream[Symbol.asyncDispose]())

/** One client with what it said while it waited. */
function aClient(options: Partial<HttpClientOptions> = {}) {
  const clock = testClock()
  const said: string[] = []
  const onWait = (sentence: string) => said.push(sentence)
  const client = createHttpClient({ baseUrl: upstream.url, userAgent: 'test/1', clock, onWait, ...options })
  const get = (signal?: AbortSignal) =>
    client.get({
      path: '/api/daily_papers',
      query: { date: '2026-06-16' },
      type: json,
      read: ({ body }): unknown => JSON.parse(body.toString()),
      signal,
    })
  return { get, clock, said, host: client.host }
}

async function failure(work: Promise<unknown>): Promise<UpstreamError> {
  const error = await work.then(
    () => undefined,
    (error) => error,
  )
  if (!(error instanceof UpstreamError))
    throw new Error('It did not fail as an upstream does.', { cause: error })
  return error
}

describe('a polite client', () => {
  test('says who it is, and what it takes', async () => {
    await aClient().get()
    expect(upstream.requests.at(-1)?.headers).toMatchObject({
      'user-agent': 'test/1',
      accept: 'application/json',
    })
    expect(upstream.requests.at(-1)?.headers['accept-encoding']).toContain('gzip')
  })

  test('keeps the path of the address it was given, for upstreams behind a proxy', async () => {
    upstream.next(faults.status(200, {}, []))
    await aClient({ baseUrl: `${upstream.url}/mirror/` }).get()
    expect(upstream.requests.at(-1)?.path).toBe('/mirror/api/daily_papers')
  })

  test('waits as long as Retry-After says, in seconds or as a date', async () => {
    const { get, clock, said, host } = aClient()
    upstream.next(
      faults.status(429, { 'retry-after': '17' }),
      faults.status(503, { 'retry-after': 'Tue, 16 Jun 2026 12:01:00 GMT' }),
    )
    expect(await get()).toEqual([])
    // Half a second of chance each; the first wait had moved the clock by 17.5 s.
    expect(clock.waits).toEqual([17_500, 43_000])
    expect(said).toEqual([
      `${host} received too many requests (429). Retrying in 18 s (attempt 2 of 5).`,
      `${host} failed (503: "Something went wrong"). Retrying in 43 s (attempt 3 of 5).`,
    ])
  })

  test('waits for the next window when the rate limit is used up', async () => {
    const { get, clock } = aClient()
    upstream.next(
      faults.status(429, {
        ratelimit: '"api";r=0;t=120',
        'ratelimit-policy': '"fixed window";"api";q=500;w=300',
      }),
    )
    expect(await get()).toEqual([])
    expect(clock.waits).toEqual([120_500])
  })

  test('spreads what is left of a window before it is used up, and says so', async () => {
    const { get, clock, said, host } = aClient()
    upstream.next(
      faults.status(200, { ratelimit: '"api";r=400;t=200' }, []),
      faults.status(200, { ratelimit: '"api";r=20;t=200' }, []),
    )
    await get()
    await get()
    expect(clock.waits).toEqual([])
    await get()
    expect(clock.waits).toEqual([10_000])
    expect(said).toEqual([`${host} limits the request rate; waiting 10 s.`])
  })

  test('backs off exponentially from an upstream in trouble, and gives up after five tries', async () => {
    const { get, clock, host } = aClient()
    upstream.next(...[500, 502, 504, 408, 500].map((status) => faults.status(status)))
    const before = upstream.requests.length
    const { message } = await failure(get())
    expect(message).toBe(`${host} failed (500: "Something went wrong"). Gave up after 5 attempts.`)
    expect(upstream.requests.length - before).toBe(5)
    expect(clock.waits).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  test('does not wait for hours because it is asked to', async () => {
    const { get, clock, host } = aClient()
    upstream.next(faults.status(429, { 'retry-after': '7200' }))
    expect((await failure(get())).message).toBe(
      `${host} received too many requests (429). It asks clients to wait for 120 min; try again then.`,
    )
    expect(clock.waits).toEqual([])
  })

  test('keeps requests apart by the time it was told', async () => {
    const { get, clock, said } = aClient({ spacingMs: 3_000 })
    await get()
    await get()
    clock.advance(1_000)
    await get()
    expect(clock.waits).toEqual([3_000, 2_000])
    expect(said).toEqual([])
    upstream.next(...[500, 500, 500].map((status) => faults.status(status)))
    await get()
    // Backing off goes on from there.
    expect(clock.waits.slice(2)).toEqual([3_000, 3_500, 3_500, 4_000])
  })

  test('a refusal is not repeated, and is told in the words of the upstream', async () => {
    const { get, clock, host } = aClient()
    upstream.next(faults.status(400, {}, { error: 'Invalid date' }))
    expect((await failure(get())).message).toBe(`${host} refused the request (400: "Invalid date").`)
    expect(clock.waits).toEqual([])
  })
})

describe('faults that pass', () => {
  test.each([
    ['half a body', faults.halfBody(), 'closed the connection in the middle of its response.'],
    ['a connection that is reset', faults.reset(), 'closed the connection in the middle of its response.'],
    ['a gzip that is damaged', faults.brokenGzip(), 'sent an answer with damaged compression.'],
    // An answer takes long on a busy machine: only what never comes has a short limit.
    ['a hang', faults.hang(), 'did not answer within 0.2 s.', 200],
  ])('%s', async (_name, fault, words, timeoutMs = 60_000) => {
    const { get, said, host } = aClient({ timeoutMs })
    upstream.next(fault)
    expect(await get()).toEqual([])
    expect(said).toEqual([`${host} ${words} Retrying in 1 s (attempt 2 of 5).`])
  })

  test('nothing answers', async () => {
    const gone = await startUpstream()
    await gone[Symbol.asyncDispose]()
    const { get, host } = aClient({ baseUrl: gone.url })
    expect((await failure(get())).message).toBe(
      `${host} cannot be reached: the connection was refused. Gave up after 5 attempts.`,
    )
  })
})

describe('answers that are none', () => {
  test.each([
    ['HTML', faults.html(), 'answered with a web page (HTML) instead of JSON.'],
    ['another type', faults.type('text/csv'), 'answered with content of the type text/csv instead of JSON.'],
    [
      'another host without encryption',
      faults.redirect('http://elsewhere.example/'),
      'redirects to http://elsewhere.example, which is not followed: redirects to other hosts must use HTTPS.',
    ],
    [
      'a redirect to a file',
      faults.redirect('file:///etc/passwd'),
      'redirects to null, which is not followed: redirects to other hosts must use HTTPS.',
    ],
  ])('%s', async (_name, fault, words) => {
    const { get, clock, host } = aClient()
    upstream.next(fault)
    expect((await failure(get())).message).toContain(`${host} ${words} Check its address in the settings`)
    expect(clock.waits).toEqual([])
  })

  test('a redirect in a circle ends after three', async () => {
    const { get, host } = aClient()
    const before = upstream.requests.length
    upstream.next(...Array.from({ length: 4 }, () => faults.redirect('/api/daily_papers?again')))
    expect((await failure(get())).message).toBe(
      `${host} redirects too many times. Check its address in the settings.`,
    )
    expect(upstream.requests.length - before).toBe(4)
  })

  test('a redirect on the same host is followed', async () => {
    upstream.next(faults.redirect('/api/daily_papers?date=2026-06-16&moved'))
    expect(await aClient().get()).toEqual([])
    expect(upstream.requests.at(-1)?.query).toEqual({ date: '2026-06-16', moved: '' })
  })

  test('200 MB are not read to their end, a 10 kB bomb not unzipped to its end', async () => {
    const { get, host } = aClient()
    let sent = 0
    upstream.next(
      faults.huge(200 * 1_048_576, (bytes) => {
        sent = bytes
      }),
    )
    const words = `${host} answered with more than 32 MiB, which is too large for a list of papers.`
    expect((await failure(get())).message).toBe(words)
    expect(sent).toBeLessThan(80 * 1_048_576)
    upstream.next(faults.bomb(64 * 1_048_576))
    expect((await failure(get())).message).toBe(words)
  })

  test('gzip is unzipped', async () => {
    upstream.next(faults.gzip([{ a: 1 }]))
    expect(await aClient().get()).toEqual([{ a: 1 }])
  })
})

describe('stopping', () => {
  test.each(['during a request', 'during a wait'])('%s ends at once with the reason', async (when) => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const { get } = aClient({
      ...(when === 'during a wait' && {
        clock: {
          ...testClock(),
          wait: (_time, signal) => {
            queueMicrotask(() => stop.abort(reason))
            return new Promise((_resolve, reject) =>
              signal?.addEventListener('abort', () => reject(signal.reason)),
            )
          },
        },
      }),
    })
    upstream.next(when === 'during a wait' ? faults.status(500) : () => stop.abort(reason))
    await expect(get(stop.signal)).rejects.toBe(reason)
  })
})
