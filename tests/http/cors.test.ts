import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type TestApp, useTestApp } from '../support/app.ts'

const ours = 'https://papers.example'
/** What browsers say for a page without an origin of its own: a sandboxed frame, a local file. */
const none = 'null'
const open = useTestApp({ CORS_ORIGINS: '*' })
const servers = new Map([
  ['*', open],
  ...['none', ours, `${ours},https://labs.example`].map((setting): [string, TestApp] => [
    setting,
    useTestApp({ CORS_ORIGINS: setting }, open),
  ]),
])

function at(setting: string): TestApp {
  const app = servers.get(setting)
  if (!app) throw new Error(`No server has CORS_ORIGINS=${setting}.`)
  return app
}

const names = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control'))

describe('a page of', () => {
  const allowed: [string, string][] = [
    [ours, '*'],
    [none, '*'],
    [ours, ours],
    [ours, `${ours},https://labs.example`],
    ['https://labs.example', `${ours},https://labs.example`],
  ]
  test.each(allowed)('%s may ask with CORS_ORIGINS=%s', async (origin, setting) => {
    const { endpoint, url, wsEndpoint } = at(setting)
    const preflight = await fetch(endpoint, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,content-type')
    const answer = await fetch(`${endpoint}?query={__typename}`, { headers: { origin } })
    for (const { headers } of [preflight, answer]) {
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    }
    const feed = await fetch(`${url}/feed`, { headers: { origin } })
    await feed.body?.cancel()
    expect([origin, '*']).toContain(feed.headers.get('access-control-allow-origin'))
    expect(await upgraded(wsEndpoint, origin)).toBe(101)
  })

  const refused: [string, string][] = [
    ...[ours, none].map((origin): [string, string] => [origin, 'none']),
    ...['https://other.example', 'http://papers.example', `${ours}.evil.example`, none].flatMap(
      (origin): [string, string][] => [
        [origin, ours],
        [origin, `${ours},https://labs.example`],
      ],
    ),
  ]
  test.each(refused)('%s may not ask with CORS_ORIGINS=%s', async (origin, setting) => {
    const { endpoint, url, wsEndpoint } = at(setting)
    const preflight = await fetch(endpoint, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    const answer = await fetch(`${endpoint}?query={__typename}`, { headers: { origin } })
    const feed = await fetch(`${url}/feed`, { headers: { origin } })
    await feed.body?.cancel()
    for (const { headers } of [preflight, answer, feed]) expect(names(headers)).toEqual([])
    expect(await upgraded(wsEndpoint, origin)).toBe(403)
  })
})

test.each([...['*', 'none', ours]])(
  'programs and the pages of this server itself may always open a socket: CORS_ORIGINS=%s',
  async (setting) => {
    const { url, wsEndpoint } = at(setting)
    expect(await upgraded(wsEndpoint, url)).toBe(101)
    expect(await upgraded(wsEndpoint)).toBe(101)
    // Behind a proxy that speaks HTTPS for it.
    const { host } = new URL(url)
    expect(await upgraded(wsEndpoint, `https://${host}`)).toBe(101)
  },
)

/** The status that a WebSocket's handshake is answered with. */
async function upgraded(url: string, origin?: string): Promise<number | undefined> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { ...(origin !== undefined && { origin }) })
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  socket.on('open', () => resolve(101))
  socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
  const status = await promise
  socket.on('error', () => {}) // a refused one says that it was never open
  socket.terminate()
  return status
}
