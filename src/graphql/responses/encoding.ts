import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export type Encoding = 'br' | 'gzip'

/** Bytes below which compressing costs more than it saves: they fit into one packet. */
export const leastCompressed = 1_024

/** The encoding that a client wants most among ours; Brotli where it does not mind. */
export function encodingFor(acceptEncoding: string | null): Encoding | undefined {
  if (!acceptEncoding) return undefined
  const weights = new Map(acceptEncoding.toLowerCase().split(',').map(weightOf))
  const weigh = (encoding: Encoding) => weights.get(encoding) ?? weights.get('*') ?? 0
  const [best, other] = weigh('br') >= weigh('gzip') ? (['br', 'gzip'] as const) : (['gzip', 'br'] as const)
  return weigh(best) > 0 ? best : weigh(other) > 0 ? other : undefined
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

function weightOf(part: string): [string, number] {
  const [name = '', ...params] = part.split(';').map((text) => text.trim())
  const quality = params.find((param) => param.startsWith('q='))
  const weight = quality === undefined ? 1 : Number(quality.slice(2))
  return [name, Number.isNaN(weight) ? 0 : weight]
}
