import { afterAll, beforeAll, expect, test } from 'vitest'
import { revokeAccessToken } from '../../db/access-tokens.ts'
import { query, startTestApp, type TestApp } from '../support/app.ts'
import { manualClock } from '../support/clock.ts'
import { subscribe, subscribeSse, type TestSubscription } from '../support/subscribe.ts'
import { bearer, createToken } from '../support/tokens.ts'

const clock = manualClock()
let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ clock })
})
afterAll(() => app.close())

const document = 'subscription ($after: FeedCursor!) { feed(after: $after, heartbeat: 30) { cursor } }'

interface Data {
  readonly feed: { readonly cursor: string }
}

/** Open subscriptions over each transport, each after its first heartbeat. */
async function open(token: string) {
  const socket = subscribe<Data>(app, document, { after: 'NOW' }, bearer(token))
  const sse = await subscribeSse<Data>(app, document, { after: 'NOW' }, bearer(token))
  const cursors = [(await socket.next()).feed.cursor, (await sse.next()).feed.cursor]
  const feed = await fetch(`${app.url}/feed`, { headers: bearer(token) })
  return { socket, sse, feed, cursor: cursors[0] ?? '' }
}

/** Lets the time pass in steps, as it does, until the work is done. */
async function passTimeUntil<Result>(work: Promise<Result>, maxSeconds = 30): Promise<Result> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  for (let seconds = 0; seconds < maxSeconds && !isDone; seconds += 1) {
    clock.advance(1_000)
    // A turn of the database, which the reading of tokens takes too.
    await query(app, '{ feedPosition }')
  }
  return done
}

async function expectEnd(
  code: string,
  { socket, sse, feed, cursor }: Awaited<ReturnType<typeof open>>,
  maxSeconds = 30,
) {
  const ended = Promise.all([socket.ended(), lastResult(sse), feed.text()])
  const [bySocket, bySse, byFeed] = await passTimeUntil(ended, maxSeconds)
  const error = { message: expect.stringContaining(cursor), extensions: { code, cursor } }
  expect(bySocket).toEqual([error])
  expect(bySse).toMatchObject({ errors: [error] })
  expect(byFeed).toContain(`event: fault\ndata: {"code":"${code}"`)
  await using again = subscribe<Data>(app, document, { after: cursor })
  expect((await again.next()).feed.cursor).toBe(cursor)
  await socket.close()
  await sse.close()
}

async function lastResult(subscription: TestSubscription<Data>) {
  for (;;) {
    const result = await subscription.nextResult()
    if (result.errors) return result
  }
}

/** A token that the server has read. */
async function knownToken(name: string, expiresAt?: Date): Promise<string> {
  const token = await createToken(app, name, 'read', expiresAt)
  // A reading of new tokens waits for a second since the last one.
  await passTimeUntil(query(app, '{ feedPosition }', {}, token))
  return token
}

test('a revoked token ends its subscriptions within 30 s, with a code and a cursor to go on from', async () => {
  const opened = await open(await knownToken('revoked'))
  await revokeAccessToken(app.db, 'revoked')
  await expectEnd('TOKEN_REVOKED', opened)
})

test('so does one that expires, and those of others stay open', async () => {
  const lifeSeconds = 25
  const token = await knownToken('short', new Date(clock.now().getTime() + lifeSeconds * 1_000))
  const opened = await open(token)
  await using other = subscribe<Data>(app, document, { after: 'NOW' })
  await other.next()
  await expectEnd('TOKEN_EXPIRED', opened, lifeSeconds + 30)
  clock.advance(30_000)
  expect((await other.next()).feed.cursor).toEqual(expect.any(String))
})

test('the last use of a token is noted, at most once a minute', async () => {
  const token = await knownToken('used')
  const ask = () => query(app, '{ feedPosition }', {}, token)
  const lastUse = async () => {
    const { last_used_at } = await app.db
      .selectFrom('access_token')
      .select('last_used_at')
      .where('name', '=', 'used')
      .executeTakeFirstOrThrow()
    return last_used_at?.getTime()
  }
  clock.advance(10_000)
  await expect.poll(lastUse, { timeout: 150_000 }).toEqual(expect.any(Number))
  const first = await lastUse()
  await ask()
  clock.advance(10_000)
  await ask()
  expect(await lastUse()).toBe(first)
  const second = clock.now().getTime()
  clock.advance(60_000)
  await expect.poll(lastUse, { timeout: 150_000 }).toBe(second)
})
