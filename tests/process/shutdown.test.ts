import { connect } from 'node:net'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { post, startTestApp, type TestApp } from '../support/app.ts'
import { awaiting } from '../support/patience.ts'
import { subscribe, subscribeSse } from '../support/subscribe.ts'

const live = 'subscription { paperIngested { paper { title } } }'

/** A query that the database answers only when `release` is called. */
async function slowQuery(app: TestApp) {
  const release = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const holder = app.database.database.db.transaction().execute(async (other) => {
    await sql`lock table paper`.execute(other)
    locked.resolve()
    await release.promise
  })
  await awaiting(() => 'the table to be locked', locked.promise)
  const response = post(app, { query: '{ papers(first: 1) { nodes { title } } }' })
  await untilWaiting(app)
  const end = () => {
    release.resolve()
    return holder
  }
  return { response, release: end }
}

/** Resolves when a statement waits for a lock in the app's database. */
async function untilWaiting(app: TestApp): Promise<void> {
  const waiting = async () => {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    `.execute(app.database.database.db)
    return rows.length
  }
  await expect.poll(waiting, { timeout: 150_000 }).toBeGreaterThan(0)
}

/** Sends the next request as soon as the last one is answered, on one connection, until it is told that this ends. */
function askOneAfterTheOther(app: TestApp) {
  const body = JSON.stringify({ query: '{ __typename }' })
  const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json`
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
  const { promise: ended, resolve } = Promise.withResolvers<'answered' | 'cut'>()
  const client = { answered: 0, ended }
  const ask = () => socket.write(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  let received = ''
  let isLast = false
  socket.setEncoding('latin1').on('connect', ask)
  socket.on('data', (part) => {
    received += part
    if (!received.endsWith('{"data":{"__typename":"Query"}}')) return
    client.answered += 1
    isLast = /^connection: close/im.test(received)
    received = ''
    if (!isLast) ask()
  })
  socket.on('error', () => {}).on('close', () => resolve(isLast ? 'answered' : 'cut'))
  return client
}

describe('stopping', () => {
  test('subscribers see an end, not a cut', async () => {
    await using app = await startTestApp()
    await using sse = await subscribeSse(app, live)
    await using ws = subscribe(app, live)
    await expect.poll(() => app.hub.held.subscriptions).toBe(2)
    await app.close()
    expect(await sse.ended()).toBeUndefined()
    await ws.ended()
  })

  test('clients that ask one request after the other get an answer to each that they sent', async () => {
    await using app = await startTestApp()
    const clients = Array.from({ length: 10 }, () => askOneAfterTheOther(app))
    await expect.poll(() => clients.every(({ answered }) => answered > 5), { timeout: 60_000 }).toBe(true)
    await app.close()
    expect(await Promise.all(clients.map(({ ended }) => ended))).toEqual(clients.map(() => 'answered'))
  })

  test('a request that runs is answered; new ones find nobody', async () => {
    await using app = await startTestApp()
    const slow = await slowQuery(app)
    const closing = app.close()
    await expect(fetch(`${app.url}/health`)).rejects.toThrow()
    await slow.release()
    const response = await slow.response
    expect(await response.json()).toEqual({ data: { papers: { nodes: [] } } })
    await closing
  })

  test('a request that does not end is cut after the time that the settings give', async () => {
    await using app = await startTestApp({ settings: { SHUTDOWN_MS: '300' } })
    const slow = await slowQuery(app)
    const cut = expect(slow.response).rejects.toThrow()
    const closing = app.close()
    await cut
    await slow.release()
    await closing
  })

  test('closing twice is closing once', async () => {
    await using app = await startTestApp()
    await Promise.all([app.close(), app.close()])
  })
})
