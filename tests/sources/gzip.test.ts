import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { SourceError } from '../../src/ingest/errors.ts'
import { gunzipped, gunzippedStream } from '../../src/ingest/sources/bytes.ts'
import { chunksOf, gather } from '../support/source-data.ts'

describe('gzip', () => {
  const bomb = gzipSync(Buffer.alloc(4 * 1024 * 1024))

  test('that unfolds beyond the limit is refused, whole and streamed', async () => {
    expect(() => gunzipped(bomb, 1024 * 1024)).toThrow(/larger than 1 MiB/)
    await expect(gather(gunzippedStream(chunksOf(bomb), 1024 * 1024))).rejects.toThrow(/larger than 1 MiB/)
  })

  test('unfolds as a stream, in members too, and tells a cut or damaged one', async () => {
    const two = Buffer.concat([gzipSync('one '), gzipSync('two')])
    expect(Buffer.concat(await gather(gunzippedStream(chunksOf(two, 7)))).toString()).toBe('one two')
    await expect(gather(gunzippedStream(chunksOf(bomb.subarray(0, 500))))).rejects.toThrow(SourceError)
    await expect(gather(gunzippedStream(chunksOf('no gzip')))).rejects.toThrow(/damaged/)
  })

  test('passes on the failure of the stream below, and closes it when nobody reads on', async () => {
    let closed = false
    async function* endless() {
      try {
        const noise = gzipSync(Buffer.alloc(100_000, 'x')).subarray(0, 50)
        for (;;) yield noise
      } finally {
        closed = true
      }
    }
    async function* failing() {
      yield gzipSync('abc').subarray(0, 5)
      throw new Error('the disk is gone')
    }
    await expect(gather(gunzippedStream(failing()))).rejects.toThrow('the disk is gone')
    for await (const _ of gunzippedStream(endless())) break
    expect(closed).toBe(true)
  })
})
