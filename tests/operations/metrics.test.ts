import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { answerTo, post, query, startTestApp, useTestApp } from '../support/app.ts'
import { nextEvent, readFeed } from '../support/feed-stream.ts'
import { plant } from '../support/papers.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'
import { get, relay } from '../support/trusted.ts'

const token = 'a-token-for-the-metrics'
const app = useTestApp({ METRICS_TOKEN: token, SLOW_MS: '0' })

async function scrape(from = app.url, bearer: string | null = token): Promise<Response> {
  return fetch(`${from}/metrics`, {
    headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
  })
}

/** Sums the values of a metric whose labels include these. */
async function sumOf(name: string, labels: Record<string, string> = {}): Promise<number> {
  const text = await (await scrape()).text()
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return lines
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

describe('/metrics', () => {
  test('is there only for those who send the token', async () => {
    expect((await scrape(app.url, null)).status).toBe(401)
    const refused = await scrape(app.url, 'another-token-than-it')
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({
      error: { code: 'UNAUTHENTICATED', message: expect.stringContaining('METRICS_TOKEN') },
    })
    const response = await scrape()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/)
  })

  test('without its settings there is none', async () => {
    await using plain = await startTestApp({ beside: app })
    expect((await scrape(plain.url)).status).toBe(404)
  })

  test('with METRICS_PORT it is apart from the API, which has none', async () => {
    await using apart = await startTestApp({ beside: app, settings: { METRICS_PORT: '0' } })
    const [, url] = /Metrics are at (\S+)\/metrics/.exec(apart.logged.join('\n')) ?? []
    expect((await scrape(url, null)).status).toBe(200)
    expect((await fetch(`${url}/graphql`)).status).toBe(404)
    expect((await scrape(apart.url, null)).status).toBe(404)
  })

  test('a port that is taken is named by its setting', async () => {
    const { port } = new URL(app.url)
    await expect(startTestApp({ beside: app, settings: { METRICS_PORT: port } })).rejects.toThrow(
      `Port ${port} is in use by another program. Stop it, or choose another port, e.g. METRICS_PORT=${Number(port) + 1}.`,
    )
  })
})

describe('operations', () => {
  const operations = 'daily_papers_operation_duration_seconds_count'

  test('are counted by type, transport and outcome', async () => {
    const before = await sumOf(operations, { type: 'query', transport: 'http', outcome: 'ok' })
    await query(app, '{ __typename }')
    await fetch(`${app.endpoint}?query={__typename}`)
    expect(await sumOf(operations, { type: 'query', transport: 'http', outcome: 'ok' })).toBe(before + 2)
    await answerTo(app, { query: 'mutation { ingestPapers(papers: []) { newCount } }' })
    expect(await sumOf(operations, { type: 'mutation', outcome: 'refused' })).toBe(1)
    await using socket = subscribe(app, '{ __typename }')
    await socket.next()
    expect(await sumOf(operations, { type: 'query', transport: 'websocket' })).toBe(1)
  })

  test('that are invalid are counted once, and not as executed', async () => {
    const executed = await sumOf(operations)
    await post(app, { query: '{ nothing' })
    await post(app, { query: '{ nothing }' })
    expect(await sumOf('daily_papers_invalid_documents_total', { transport: 'http' })).toBe(2)
    expect(await sumOf(operations)).toBe(executed)
  })

  test('of trusted documents are counted by their ids, others by none', async () => {
    await using trusting = await startTestApp({
      beside: app,
      settings: { METRICS_TOKEN: token, TRUSTED_DOCUMENTS: relay },
    })
    await get(trusting, { documentId: 'abc123' })
    await get(trusting, { query: '{ __typename }' })
    const text = await (await scrape(trusting.url)).text()
    expect(text).toContain(`${operations}{type="query",transport="http",outcome="ok",document="abc123"} 1`)
    expect(text).toContain(`${operations}{type="query",transport="http",outcome="ok",document=""} 1`)
  })

  test('HTTP requests are counted by route and status', async () => {
    await fetch(`${app.url}/nowhere`).then((response) => response.text())
    expect(
      await sumOf('daily_papers_http_request_duration_seconds_count', { route: 'other', status: '4xx' }),
    ).toBe(1)
    expect(
      await sumOf('daily_papers_http_request_duration_seconds_count', { route: '/graphql', status: '2xx' }),
    ).toBeGreaterThan(1)
  })
})

test('responses are counted by whether they were kept or made', async () => {
  const ask = async (from: 'kept' | 'made') => {
    await query(app, '{ papers(first: 1) { totalCount } }')
    return sumOf('daily_papers_responses_total', { from })
  }
  await expect.poll(() => ask('made')).toBeGreaterThan(0)
  await expect.poll(() => ask('kept')).toBeGreaterThan(0)
  expect(await sumOf('daily_papers_kept_response_bytes')).toBeGreaterThan(0)
})

describe('the feed', () => {
  test('an event is timed once for each transport, and counted for each subscriber', async () => {
    const subscription = 'subscription { paperIngested { paper { title } } }'
    await using first = subscribe(app, subscription)
    await using second = subscribe(app, subscription)
    await using third = await subscribeSse(app, subscription)
    await expect.poll(() => sumOf('daily_papers_feed_subscribers')).toBe(3)
    await plant(app.db, [{ title: 'A counted paper' }])
    await Promise.all([first, second, third].map((each) => each.next()))
    const timed = 'daily_papers_feed_commit_to_socket_seconds_count'
    expect(await sumOf('daily_papers_feed_deliveries_total', { transport: 'websocket' })).toBe(2)
    expect(await sumOf('daily_papers_feed_deliveries_total', { transport: 'sse' })).toBe(1)
    expect(await sumOf(timed, { transport: 'sse' })).toBe(1)
    expect(await sumOf(timed, { transport: 'websocket' })).toBe(1)
  })

  test('subscribers that catch up are not timed: their events are old', async () => {
    const timed = () => sumOf('daily_papers_feed_commit_to_socket_seconds_count', { transport: 'feed' })
    const stream = await readFeed(app, '?after=START')
    await nextEvent(stream)
    stream.stop()
    expect(await sumOf('daily_papers_feed_deliveries_total', { transport: 'feed' })).toBeGreaterThan(0)
    expect(await timed()).toBe(0)
  })

  test('refused subscriptions are counted by code', async () => {
    await subscribe(app, 'subscription { paperIngested(after: "nonsense") { cursor } }').nextResult()
    expect(await sumOf('daily_papers_feed_refused_total', { code: 'CURSOR_MALFORMED' })).toBe(1)
  })
})

describe('the dashboard and the alerts', () => {
  const folder = fileURLToPath(new URL('../../.github/operations/', import.meta.url))
  const read = (name: string) => readFileSync(`${folder}${name}`, 'utf8')
  const dashboard = JSON.parse(read('grafana.json'))
  const alerts = parse(read('alerts.yaml'))
  const expressions: string[] = [
    ...dashboard.panels.flatMap((panel: Panel) => panel.targets?.map(({ expr }) => expr) ?? []),
    ...alerts.groups.flatMap(({ rules }: Group) => rules.map(({ expr }) => expr)),
  ]
  interface Panel {
    readonly targets?: readonly { readonly expr: string }[]
  }
  interface Group {
    readonly rules: readonly { readonly expr: string }[]
  }

  test('every metric that they name is one that the server has, with the labels that they name', async () => {
    const scraped = await (await scrape()).text()
    const known = new Set([...scraped.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
    const asked = new Set(
      expressions
        .flatMap((expression) => [...expression.matchAll(/\b(daily_papers|process|nodejs)_\w+/g)])
        .map(([name]) => name.replace(/_(bucket|count|sum)$/, '')),
    )
    expect(asked.size).toBeGreaterThan(15)
    expect([...asked].filter((name) => !known.has(name))).toEqual([])
  })

  test('every metric of this server is in the dashboard, an alert, or this list', async () => {
    const scraped = await (await scrape()).text()
    const own = [...scraped.matchAll(/^# TYPE (daily_papers_\S+)/gm)].map(([, name = '']) => name)
    const elsewhere = ['build_info', 'kept_response_bytes', 'feed_executions', 'feed_head', 'feed_topics']
    const more = [
      'feed_websockets',
      'feed_websocket_buffered_bytes',
      'http_streams_ended_total',
      'source_failing',
    ]
    const listed = new Set([...elsewhere, ...more].map((name) => `daily_papers_${name}`))
    const shown = JSON.stringify(expressions)
    expect(own.filter((name) => !shown.includes(name) && !listed.has(name))).toEqual([])
  })
})
