import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { KeptResponse, type ResponseParts } from '../../src/cache/kept-response.ts'
import { type Made, ResponseCache } from '../../src/cache/response-cache.ts'

const response = (text: string, more: Partial<ResponseParts> = {}) =>
  new KeptResponse({ body: Buffer.from(text), contentType: 'text/plain', cacheControl: 'no-cache', ...more })

/** A cache over a database that is no more than its version. */
function cacheOf({ maxBytes = 1_000_000 } = {}) {
  const world = { version: 'a', readings: 0, fails: false }
  const cache = new ResponseCache({
    maxBytes,
    async version() {
      world.readings += 1
      if (world.fails) throw new Error('away')
      return world.version
    },
  })
  return { world, cache }
}

const makes = (text: string, isKept = true) => {
  const made = { times: 0 }
  const make = async (): Promise<Made> => {
    made.times += 1
    return { response: response(`${text} ${made.times}`), isKept }
  }
  return { made, make }
}

async function ask(cache: ResponseCache, key: string, make: () => Promise<Made>): Promise<string> {
  return (await cache.respond(key, make)).body.toString()
}

/** The first question of all is answered before a version is known. */
async function warmed(options?: Parameters<typeof cacheOf>[0]) {
  const all = cacheOf(options)
  await all.cache.respond('warm', makes('warm').make)
  return all
}

describe('a response', () => {
  test('is kept while the version stays, and made anew when it has changed', async () => {
    const { world, cache } = await warmed()
    const { make } = makes('answer')
    expect([await ask(cache, 'key', make), await ask(cache, 'key', make)]).toEqual(['answer 1', 'answer 1'])
    world.version = 'b'
    expect([await ask(cache, 'key', make), await ask(cache, 'key', make)]).toEqual(['answer 2', 'answer 2'])
    expect(await ask(cache, 'other key', make)).toBe('answer 3')
  })

  test('is not kept if something was committed while it was made, before the first reading included', async () => {
    const { world, cache } = await warmed()
    const { make } = makes('answer')
    const slow = async () => {
      const outcome = await make()
      world.version = 'b'
      return outcome
    }
    expect(await ask(cache, 'key', slow)).toBe('answer 1')
    expect(await ask(cache, 'key', make)).toBe('answer 2')
    // Begun at a version that is known from earlier, and has passed already.
    world.version = 'c'
    expect(await ask(cache, 'unasked', make)).toBe('answer 3')
    expect(await ask(cache, 'unasked', make)).toBe('answer 4')
    expect(await ask(cache, 'unasked', make)).toBe('answer 4')
  })

  test('is made anew while the version cannot be read', async () => {
    const { world, cache } = await warmed()
    const { make } = makes('answer')
    await ask(cache, 'key', make)
    world.fails = true
    expect(await ask(cache, 'key', make)).toBe('answer 2')
    world.fails = false
    expect(await ask(cache, 'key', make)).toBe('answer 2')
  })

  test('of which nothing is kept is made without waiting for a version', async () => {
    const { world, cache } = await warmed()
    const { readings } = world
    await ask(cache, 'key', makes('answer').make)
    expect(world.readings).toBe(readings)
  })

  test('with an error or the clock in it is made for each', async () => {
    const { cache } = await warmed()
    const { make } = makes('answer', false)
    expect([await ask(cache, 'key', make), await ask(cache, 'key', make)]).toEqual(['answer 1', 'answer 2'])
  })
})

describe('questions that come together', () => {
  function held(isKept: boolean) {
    const release = Promise.withResolvers<void>()
    const { made, make } = makes('answer', isKept)
    const slow = async () => {
      const outcome = await make()
      await release.promise
      return outcome
    }
    return { made, make, slow, release }
  }

  test('are answered by one execution', async () => {
    const { cache } = await warmed()
    const { made, slow, release } = held(true)
    const all = [ask(cache, 'key', slow), ask(cache, 'key', slow), ask(cache, 'key', slow)]
    release.resolve()
    expect(await Promise.all(all)).toEqual(['answer 1', 'answer 1', 'answer 1'])
    expect(made.times).toBe(1)
  })

  test('are answered by one execution after a commit, too', async () => {
    const { world, cache } = await warmed()
    const { slow, release } = held(true)
    release.resolve()
    await ask(cache, 'key', slow)
    world.version = 'b'
    const all = [ask(cache, 'key', slow), ask(cache, 'key', slow), ask(cache, 'key', slow)]
    expect(await Promise.all(all)).toEqual(['answer 2', 'answer 2', 'answer 2'])
  })

  test('do not get what was begun before a commit', async () => {
    const { world, cache } = await warmed()
    const { make, slow, release } = held(true)
    const before = ask(cache, 'key', slow)
    world.version = 'b'
    expect(await ask(cache, 'key', make)).toBe('answer 2')
    release.resolve()
    expect(await before).toBe('answer 1')
    expect(await ask(cache, 'key', make)).toBe('answer 2')
  })

  test('are executed each where the first outcome is for its sender alone, a failure included', async () => {
    const { cache } = await warmed()
    const { make, slow, release } = held(false)
    const all = [ask(cache, 'key', slow), ask(cache, 'key', make)]
    release.resolve()
    expect(await Promise.all(all)).toEqual(['answer 1', 'answer 2'])
    const fail = Promise.withResolvers<Made>()
    const failing = cache.respond('failing', () => fail.promise)
    const other = ask(cache, 'failing', make)
    fail.reject(new Error('left'))
    await expect(failing).rejects.toThrow('left')
    expect(await other).toBe('answer 3')
  })
})

describe('the limit of bytes', () => {
  test('holds, compressed forms included: what was asked for longest ago goes first', async () => {
    const { cache } = await warmed({ maxBytes: 100_000 })
    const make = (index: number) => async () => ({
      response: response(`${index}`.repeat(8_000)),
      isKept: true,
    })
    const first = await cache.respond('0', make(0))
    const { bytes } = cache.held
    const packed = await first.packed('br')
    expect(brotliDecompressSync(packed ?? '').length).toBe(8_000)
    expect(cache.held.bytes).toBe(bytes + (packed?.length ?? 0))
    expect(await first.packed('br')).toBe(packed)
    for (let index = 1; index < 50; index++) {
      await (await cache.respond(`${index}`, make(index % 10))).packed('gzip')
      expect(cache.held.bytes).toBeLessThanOrEqual(100_000)
    }
    expect(cache.held.responses).toBeGreaterThan(5)
    const { made, make: again } = makes('answer')
    await cache.respond('49', again)
    expect(made.times).toBe(0)
    await cache.respond('0', again)
    expect(made.times).toBe(1)
  })

  test('lets no response take more than a quarter, and 0 keeps nothing', async () => {
    const { cache } = await warmed({ maxBytes: 20_000 })
    const { responses } = cache.held
    await cache.respond('large', async () => ({ response: response('x'.repeat(6_000)), isKept: true }))
    expect(cache.held.responses).toBe(responses)
    const { world, cache: off } = await warmed({ maxBytes: 0 })
    const { make } = makes('answer')
    expect([await ask(off, 'key', make), await ask(off, 'key', make)]).toEqual(['answer 1', 'answer 2'])
    expect([off.isOn, world.readings]).toEqual([false, 0])
  })
})
