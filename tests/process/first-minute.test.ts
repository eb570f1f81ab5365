import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { misspeltSettings, readConfig } from '../../src/config.ts'
import { createLogger } from '../../src/log.ts'
import { runCli, startCli } from '../support/cli.ts'
import { once } from '../support/patience.ts'
import { freePort } from '../support/ports.ts'

const folder = mkdtempSync(join(tmpdir(), 'daily-papers-minute-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const log = createLogger({ level: 'error', format: 'text', write: () => {} })

/** Takes connections and never says anything, as a database that is being started. */
async function silentDatabase() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `postgresql://me@127.0.0.1:${(server.address() as AddressInfo).port}/papers?sslmode=disable`,
    end() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

test('while the database is prepared, the port answers: alive, not ready and why, and when to come back; browsers come back', async () => {
  const database = await silentDatabase()
  const port = await freePort()
  const starting = startApp(readConfig({ PORT: String(port), DATABASE_URL: database.url }), log)
  starting.catch(() => {})
  const url = `http://127.0.0.1:${port}`
  await expect
    .poll(() =>
      fetch(`${url}/livez`).then(
        (response) => response.status,
        () => 0,
      ),
    )
    .toBe(200)

  const ready = await fetch(`${url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toEqual({
    status: 'not ready',
    reason: 'The server is starting: its database is being prepared.',
    feedAgeMs: null,
  })
  const asked = await fetch(`${url}/graphql?query={__typename}`)
  expect([asked.status, asked.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await asked.json()).toMatchObject({
    errors: [
      { message: expect.stringContaining('is starting'), extensions: { code: 'DATABASE_UNAVAILABLE' } },
    ],
  })
  const elsewhere = await fetch(`${url}/feed`)
  expect(elsewhere.status).toBe(503)
  expect(await elsewhere.json()).toMatchObject({ error: { code: 'DATABASE_UNAVAILABLE' } })

  // An EventSource takes any other status, and what its page may not read, for final.
  const origin = 'https://papers.example.org'
  const streamed = await fetch(`${url}/feed`, { headers: { accept: 'text/event-stream', origin } })
  expect(streamed.status).toBe(200)
  expect(streamed.headers.get('access-control-allow-origin')).toBe(origin)
  expect(await streamed.text()).toMatch(
    /^retry: 3000\nevent: fault\ndata: \{"code":"DATABASE_UNAVAILABLE".*\}\n\n$/,
  )
  const asksLeave = { origin, 'access-control-request-method': 'POST' }
  const leave = await fetch(`${url}/graphql`, { method: 'OPTIONS', headers: asksLeave })
  expect([leave.status, leave.headers.get('access-control-allow-origin')]).toEqual([204, origin])

  const seen = await fetch(url, { headers: { accept: 'text/html,*/*;q=0.8' } })
  expect([seen.status, seen.headers.get('refresh')]).toEqual([503, '2'])
  expect(seen.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await seen.text()).toContain('<p>The server is starting: its database is being prepared.')

  database.end()
  await expect(starting).rejects.toThrow(/^Cannot use the database/)
  await expect(fetch(`${url}/livez`)).rejects.toThrow()
})

test.each(['1', '2'])(
  'with %s worker(s), the program answers while its database is prepared',
  async (workers) => {
    const database = await silentDatabase()
    const port = await freePort()
    const env = { PORT: String(port), DATABASE_URL: database.url, WORKERS: workers }
    await using server = startCli([], { cwd: folder, env })
    const alive = () => fetch(`http://127.0.0.1:${port}/livez`).then((response) => response.json())
    await expect.poll(() => alive().catch(String), { timeout: 150_000 }).toEqual({ status: 'ok' })
    expect(server.stderr).toBe('')
    database.end()
    expect(await server.ended).toEqual({ code: 1, signal: null })
    expect(server.stderr).toMatch(/^Cannot use the database/)
  },
)

test('a port that is taken is found before the database is touched', async () => {
  const database = await silentDatabase()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const config = readConfig({ PORT: String(port), DATABASE_URL: database.url })
  await expect(startApp(config, log)).rejects.toThrow(`Port ${port} is in use by another program.`)
  server.close()
  database.end()
})

test('a broken installation says what to run', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  for (const part of ['package.json', 'src', 'db', 'schema', 'seeds'])
    cpSync(join(root, part), join(folder, 'broken', part), { recursive: true })
  expect(await runCli(['schema'], { cwd: folder, project: join(folder, 'broken') })).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'The package commander is not installed. Run npm ci in the folder of daily-papers, then start it again.\n',
  })
}, 300_000)

test('settings that look misspelt are named, with the one that was meant; other variables are not', () => {
  const env = {
    ...{ PROT: '1', POLL_MINUTE: '5', WRITETOKEN: 'x', DATABSE_URL: 'x', LOGLEVEL: 'info' },
    ...{
      PORT: '1',
      HOME: '/',
      HOSTNAME: 'a',
      PWD: '/',
      PATH: '/',
      TERM: 'x',
      USER: 'me',
      npm_config_port: '1',
    },
    ...{
      LANG: 'C',
      SHELL: 'sh',
      PGHOST: 'x',
      NODE_ENV: 'production',
      POST: 'x1',
      DEBUG: '1',
      HTTP_PROXY: 'x',
    },
  }
  expect(misspeltSettings(env)).toEqual([
    'PROT is not a setting and has no effect: did you mean PORT?',
    'POLL_MINUTE is not a setting and has no effect: did you mean POLL_MINUTES?',
    'WRITETOKEN is not a setting and has no effect: did you mean WRITE_TOKEN?',
    'DATABSE_URL is not a setting and has no effect: did you mean DATABASE_URL?',
    'LOGLEVEL is not a setting and has no effect: did you mean LOG_LEVEL?',
    'POST is not a setting and has no effect: did you mean PORT?',
  ])
  expect(() => readConfig({ JWT_ISSUER: 'https://login.example.org', JWT_AUDIENC: 'papers' })).toThrow(
    /JWT_AUDIENCE.*\nJWT_AUDIENC is not a setting and has no effect: did you mean JWT_AUDIENCE\?$/,
  )
})
