import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'
import type { Freshness } from './cache-hints.ts'

/** What the headers of an answer in one piece say besides its media type, on whatever way the request came in. */

/** Bytes below which compressing costs more than it saves: they fit into one packet. */
const leastCompressed = 1_024

/** `isPrivate`: the request has credentials. `freshness` is undefined for an answer that nobody may keep. */
export function cacheControlOf(
  freshness: Freshness | undefined,
  cacheSeconds: number,
  isPrivate: boolean,
): string {
  return freshness ? scoped(cacheControlFor(freshness, cacheSeconds), isPrivate) : 'no-store'
}

export function cacheControlFor({ revalidate }: Freshness, seconds: number): string {
  return revalidate || seconds === 0 ? 'no-cache' : `max-age=${seconds}`
}

/** An answer to a request with credentials is for its sender, even where the next one would get the same. */
export function scoped(cacheControl: string, isPrivate: boolean): string {
  return `${isPrivate ? 'private' : 'public'}, ${cacheControl}`
}

/** The names of the request headers that answers depend on. */
export function varyOf({
  compression,
  varyByOrigin,
}: {
  compression: boolean
  varyByOrigin: boolean
}): string[] {
  return ['Accept', ...(compression ? ['Accept-Encoding'] : []), ...(varyByOrigin ? ['Origin'] : [])]
}

export type ContentEncoding = 'br' | 'gzip'

/** By the header that asked for it: there are few, and reading one takes longer than sending a small answer. */
const encodings = new LRUCache<string, { encoding: ContentEncoding | undefined }>({ max: 100 })

/** The encoding that a client wants most among ours; Brotli where it does not mind. */
export function encodingFor(acceptEncoding: string | null | undefined): ContentEncoding | undefined {
  if (!acceptEncoding) return undefined
  const known = encodings.get(acceptEncoding)
  if (known) return known.encoding
  const client = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } })
  const wanted = client.encoding(['br', 'gzip', 'identity'], { preferred: ['br', 'gzip'] })
  const encoding = wanted === 'identity' ? undefined : wanted
  encodings.set(acceptEncoding, { encoding })
  return encoding
}

/** Compresses on another thread; undefined for a body that is too small. */
export function compressed(
  body: Buffer,
  encoding: ContentEncoding,
): Promise<Buffer<ArrayBuffer>> | undefined {
  if (body.length < leastCompressed) return undefined
  return encoding === 'br' ? brotli(body, { params: brotliParams(body.length) }) : deflate(body)
}

const brotli = promisify<Buffer, object, Buffer<ArrayBuffer>>(brotliCompress)
const deflate = promisify<Buffer, Buffer<ArrayBuffer>>(gzip)

/** Quality 4 is as fast as gzip and smaller; the default, 11, takes a hundred times as long. */
function brotliParams(size: number): Record<number, number> {
  return {
    [constants.BROTLI_PARAM_QUALITY]: 4,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: size,
  }
}
