import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { codeOf } from '../../db/error.ts'
import type { Viewer } from '../../schema/core/context.ts'
import { type ApiError, httpError } from '../../schema/core/errors.ts'
import { allows } from '../../schema/core/rights.ts'

type Decode = (body: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>

/** What `Content-Encoding` of a request may name. */
const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['br', promisify(brotliDecompress) as Decode],
  ['deflate', promisify(inflate) as Decode],
  ['gzip', promisify(gunzip) as Decode],
  ['x-gzip', promisify(gunzip) as Decode],
])
const taken = 'br, deflate, gzip'
/** Encodings of one body, each of which costs an unpacking. */
const maxEncodings = 3

export interface BodyLimits {
  readonly maxBodyBytes: number
  /** Of messages on WebSockets, and of bodies whose sender may not write: reading takes no more, and looking at values does. */
  readonly maxMessageBytes: number
}

/** Bytes that the body of a sender may have. */
export function bodyLimitOf(viewer: Viewer, { maxBodyBytes, maxMessageBytes }: BodyLimits): number {
  return allows(viewer, 'ingest') ? maxBodyBytes : Math.min(maxBodyBytes, maxMessageBytes)
}

/** The text of a body, decoded; `maxBytes` is the limit before and after. Throws ApiError. */
export async function readBody(request: Request, maxBytes: number): Promise<string> {
  const encodings = encodingsOf(request.headers.get('content-encoding'))
  let body = await readBytes(request, maxBytes)
  for (const { name, decode } of encodings.reverse()) {
    body = await decode(body, { maxOutputLength: maxBytes }).catch((error) => {
      // zlib gives up at this size, so that a small body cannot unpack to a huge one.
      if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(maxBytes)
      throw httpError('BAD_REQUEST', `The body is not ${name}, which the header Content-Encoding names.`)
    })
  }
  const text = textOf(body)
  if (text === undefined)
    throw httpError('BAD_REQUEST', 'The body is not UTF-8. Send it in UTF-8, which is the charset of JSON.')
  return text
}

/** In the order in which they were applied. */
function encodingsOf(header: string | null): { name: string; decode: Decode }[] {
  const names = (header ?? '').split(',').map((name) => name.trim().toLowerCase())
  const given = names.filter((name) => name !== '' && name !== 'identity')
  if (given.length > maxEncodings) throw tooManyEncodings()
  return given.map((name) => {
    const decode = decoders.get(name)
    if (!decode) throw unknownEncoding(name)
    return { name, decode }
  })
}

/** Takes no byte for another: what is not UTF-8 throws. Leaves out a byte order mark at the beginning. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text of bytes; undefined if they are not UTF-8. A byte order mark at the beginning is left out. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

async function readBytes({ body }: Request, maxBytes: number): Promise<Uint8Array> {
  // Not `for await`: leaving that early would cut the connection before the refusal is sent.
  const reader = body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  const read = () => reader?.read().catch(() => Promise.reject(endedEarly()))
  for (let part = await read(); part?.value; part = await read()) {
    size += part.value.byteLength
    if (size > maxBytes) throw bodyTooLarge(maxBytes)
    chunks.push(part.value)
  }
  return Buffer.concat(chunks)
}

export function bodyTooLarge(maxBytes: number): ApiError {
  const message = `The request body is larger than ${maxBytes} bytes, which is the limit for its sender. Split it into several requests, or send a token that allows more.`
  return httpError('BODY_TOO_LARGE', message, { connection: 'close' })
}

function unknownEncoding(name: string): ApiError {
  const message = `The Content-Encoding ${JSON.stringify(name.slice(0, 40))} is not supported. Send the body plain, or in one of: ${taken}.`
  return httpError('UNSUPPORTED_MEDIA_TYPE', message, { 'accept-encoding': taken })
}

function tooManyEncodings(): ApiError {
  const message = `The body has more than ${maxEncodings} encodings. Send it plain, or in one of: ${taken}.`
  return httpError('UNSUPPORTED_MEDIA_TYPE', message, { 'accept-encoding': taken })
}

export function endedEarly(): ApiError {
  return httpError('BAD_REQUEST', 'The body of the request ended early. Send it again.')
}
