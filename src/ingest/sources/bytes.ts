import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, gunzipSync } from 'node:zlib'
import { codeOf } from '../../../db/error.ts'
import { SourceError } from '../errors.ts'

/** Bytes of a file that is read as a whole; above it a JavaScript string comes to its own limit. */
const wholeFileLimit = 256 * 1024 * 1024

/** Bytes that a streamed `.gz` may unfold to: a year of every response is a hundredth of it. */
const unzippedLimit = 16 * 1024 * 1024 * 1024

export type Chunks = AsyncIterable<Uint8Array>

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** The bytes of a `.gz`, or the bytes themselves. Throws a `SourceError` for a damaged one or one above `limit`. */
export function gunzipped(bytes: Uint8Array, limit = wholeFileLimit): Uint8Array {
  if (!isGzip(bytes)) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: limit })
  } catch (error) {
    throw gzipFault(error, limit)
  }
}

/** The same for a stream, in constant memory. The limit ends the reading of a small file that unzips without end. */
export async function* gunzippedStream(chunks: Chunks, limit = unzippedLimit): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  // Its failure also ends the iteration below, where it is reported.
  const feeding = pipeline(Readable.from(chunks, { objectMode: true }), gunzip).catch(() => {})
  let size = 0
  try {
    for await (const chunk of gunzip) {
      size += chunk.length
      if (size > limit) throw tooLarge(limit)
      yield chunk
    }
  } catch (error) {
    throw gzipFault(error, limit)
  } finally {
    gunzip.destroy()
    await feeding
  }
}

/** All bytes of a stream; throws a `SourceError` when there are more than `limit`. */
export async function collect(chunks: Chunks, limit = wholeFileLimit): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit) throw tooLarge(limit)
    parts.push(chunk)
  }
  return Buffer.concat(parts, size)
}

/** Text in UTF-8, or in UTF-16 with its byte order mark. Throws a `SourceError` for bytes that are neither. */
export function decode(bytes: Uint8Array): string {
  const utf16 = utf16Of(bytes)
  if (utf16) return new TextDecoder(utf16).decode(bytes)
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new SourceError('This is not UTF-8 text. Save it as UTF-8, or provide the original file.')
  }
  return new TextDecoder().decode(bytes)
}

/** The encoding that a byte order mark names, as Windows writes it. */
export function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined
}

/** JSON of a whole file. Throws a `SourceError` that says where it breaks. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  if (text.trim() === '') throw new SourceError('The file is empty.')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SourceError(
      `This is not complete JSON (${error instanceof Error ? error.message : error}). It may be cut off: save it again.`,
    )
  }
}

function gzipFault(error: unknown, limit: number): unknown {
  const code = codeOf(error) ?? ''
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(limit)
  if (code === 'Z_BUF_ERROR') return new SourceError('The gzip file is cut off; copy it again.')
  if (code.startsWith('Z_')) return new SourceError('The gzip file is damaged; copy it again.')
  return error
}

function tooLarge(limit: number): SourceError {
  const size = limit >= 1_048_576 ? `${Math.floor(limit / 1_048_576)} MiB` : `${limit} bytes`
  return new SourceError(
    `The input is larger than ${size}. Split it, or provide it as JSON Lines, which is streamed.`,
  )
}
