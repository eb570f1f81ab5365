import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import Negotiator from 'negotiator'

export type Encoding = 'br' | 'gzip'

/** Bytes below which compressing costs more than it saves: they fit into one packet. */
export const leastCompressed = 1_024

/** The encoding that a client wants most among ours; Brotli where it does not mind. */
export function encodingFor(acceptEncoding: string | null): Encoding | undefined {
  if (!acceptEncoding) return undefined
  const client = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } })
  const wanted = client.encoding(['br', 'gzip', 'identity'], { preferred: ['br', 'gzip'] })
  return wanted === 'identity' ? undefined : wanted
}

/** Compresses on another thread. */
export function compress(body: Buffer, encoding: Encoding): Promise<Buffer<ArrayBuffer>> {
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
