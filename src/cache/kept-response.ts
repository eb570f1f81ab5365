import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ContentEncoding, compressed, encodingFor, scoped } from '../graphql/responses/answer-headers.ts'
import { etagOf, names } from '../graphql/responses/validators.ts'

export interface ResponseParts {
  /** The default is 200. */
  readonly status?: number
  readonly body: Buffer
  readonly contentType: string
  /** What caches may do with it, without `public` and `private`, e.g. `max-age=60`; undefined for `no-store`. */
  readonly cacheControl: string | undefined
  /** Other headers, by their names in small letters. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A whole response to GET or POST, that can be sent to everybody who may see it. */
export class KeptResponse {
  readonly status: number
  readonly body: Buffer
  readonly contentType: string
  readonly cacheControl: string | undefined
  /** Names and values in turn. */
  readonly headers: readonly string[]
  /** Called when it has come to take more bytes. */
  onGrowth: (() => void) | undefined
  readonly #packed = new Map<ContentEncoding, Buffer>()
  readonly #packing = new Map<ContentEncoding, Promise<Buffer | undefined>>()
  #etag: string | undefined

  constructor({ status = 200, body, contentType, cacheControl, headers = {} }: ResponseParts) {
    this.status = status
    this.body = body
    this.contentType = contentType
    this.cacheControl = cacheControl
    this.headers = ['content-type', contentType, ...Object.entries(headers).flat()]
  }

  /** Of the body in all its forms. */
  get bytes(): number {
    let bytes = this.body.length
    for (const packed of this.#packed.values()) bytes += packed.length
    return bytes
  }

  /** Names the response by what it says. */
  get etag(): string {
    this.#etag ??= etagOf(this.contentType, this.body)
    return this.#etag
  }

  /** The body in an encoding, compressed once; undefined if it is too small for that. */
  packed(encoding: ContentEncoding): Buffer | undefined | Promise<Buffer | undefined> {
    const packed = this.#packed.get(encoding)
    if (packed) return packed
    const existing = this.#packing.get(encoding)
    if (existing) return existing
    const packing = compressed(this.body, encoding)
    if (!packing) return undefined
    this.#packing.set(encoding, this.#pack(encoding, packing))
    return this.#packing.get(encoding)
  }

  async #pack(encoding: ContentEncoding, packing: Promise<Buffer>): Promise<Buffer> {
    try {
      const packed = await packing
      this.#packed.set(encoding, packed)
      this.onGrowth?.()
      return packed
    } finally {
      this.#packing.delete(encoding)
    }
  }
}

export interface SendOptions {
  /** Whether bodies are compressed for clients that take it. */
  readonly compression: boolean
  /** The names of the request headers that responses depend on. */
  readonly vary: string
  /** Headers of this sending alone: names and values in turn. */
  readonly headers?: readonly string[]
}

/**
 * Sends a response as this client takes it: compressed or not, and to GET with an ETag, or 304 if the client has it
 * already. Browsers and proxies may keep it as `cacheControl` says, for its sender alone if the request has credentials.
 */
export async function sendKept(
  request: IncomingMessage,
  response: ServerResponse,
  kept: KeptResponse,
  { compression, vary, headers = [] }: SendOptions,
): Promise<void> {
  const { 'accept-encoding': accepted, 'if-none-match': known, authorization } = request.headers
  const { status, cacheControl } = kept
  const isShareable = cacheControl !== undefined
  const control = isShareable ? scoped(cacheControl, authorization !== undefined) : 'no-store'
  // Names and values in turn, which Node takes as they are.
  const all = [...headers, 'vary', vary, 'cache-control', control]
  if (isShareable && request.method !== 'POST') {
    const { etag } = kept
    all.push('etag', etag)
    if (known !== undefined && names(known, etag)) {
      response.writeHead(304, all).end()
      return
    }
  }
  const encoding = compression ? encodingFor(accepted as string | undefined) : undefined
  const packing = encoding && kept.packed(encoding)
  const packed = packing instanceof Promise ? await packing : packing
  const body = packed ?? kept.body
  all.push(...kept.headers)
  if (packed && encoding) all.push('content-encoding', encoding)
  all.push('content-length', String(body.length))
  response.writeHead(status, all).end(body)
}
