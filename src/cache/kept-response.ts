import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ContentEncoding, compressed, encodingFor, scoped } from '../graphql/responses/answer-headers.ts'
import { etagOf, names } from '../graphql/responses/validators.ts'

export interface ResponseParts {
  /** The default is 200. */
  readonly status?: number
  readonly body: Buffer | string
  readonly contentType: string
  /** What caches may do with it, without `public` and `private`, e.g. `max-age=60`; undefined for `no-store`. */
  readonly cacheControl: string | undefined
  /** Other headers, by their names in small letters. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Node sends headers and a text in one piece, which for short ones takes less than sending headers and bytes in two. */
const longestText = 4_096

/** A whole response to GET or POST, that can be sent to everybody who may see it. */
export class KeptResponse {
  readonly status: number
  /** As it is sent. */
  readonly content: Buffer | string
  /** Of the content, in bytes. */
  readonly length: number
  readonly contentType: string
  readonly cacheControl: string | undefined
  /** Names and values in turn. */
  readonly headers: readonly string[]
  /** Called when it has come to take more bytes. */
  onGrowth: (() => void) | undefined
  #packed: Map<ContentEncoding, Buffer | Promise<Buffer>> | undefined
  #packedBytes = 0
  #etag: string | undefined

  constructor({ status = 200, body, contentType, cacheControl, headers }: ResponseParts) {
    this.status = status
    this.content = typeof body === 'string' && body.length > longestText ? Buffer.from(body) : body
    this.length = typeof this.content === 'string' ? Buffer.byteLength(this.content) : this.content.length
    this.contentType = contentType
    this.cacheControl = cacheControl
    this.headers = ['content-type', contentType, ...(headers ? Object.entries(headers).flat() : [])]
  }

  get body(): Buffer {
    return typeof this.content === 'string' ? Buffer.from(this.content) : this.content
  }

  /** Of the body in all its forms. */
  get bytes(): number {
    return this.length + this.#packedBytes
  }

  /** Names the response by what it says. */
  get etag(): string {
    this.#etag ??= etagOf(this.contentType, this.body)
    return this.#etag
  }

  /** The body in an encoding, compressed once; undefined if it is too small for that. */
  packed(encoding: ContentEncoding): Buffer | undefined | Promise<Buffer> {
    const existing = this.#packed?.get(encoding)
    if (existing) return existing
    const packing = compressed(this.body, encoding)
    if (!packing) return undefined
    this.#packed ??= new Map()
    const packed = this.#pack(this.#packed, encoding, packing)
    this.#packed.set(encoding, packed)
    return packed
  }

  async #pack(
    forms: Map<ContentEncoding, Buffer | Promise<Buffer>>,
    encoding: ContentEncoding,
    packing: Promise<Buffer>,
  ): Promise<Buffer> {
    try {
      const packed = await packing
      forms.set(encoding, packed)
      this.#packedBytes += packed.length
      this.onGrowth?.()
      return packed
    } catch (error) {
      forms.delete(encoding)
      throw error
    }
  }
}

export interface SendOptions {
  /** Whether bodies are compressed for clients that take it. */
  readonly compression: boolean
  /** The names of the request headers that responses depend on. */
  readonly vary: string
}

/**
 * Sends a response as this client takes it: compressed or not, and to GET with an ETag, or 304 if the client has it
 * already. Browsers and proxies may keep it as `cacheControl` says, for its sender alone if the request has credentials.
 * Returns a promise where it has to be compressed before.
 *
 * @param headers of this sending alone: names and values in turn. Others are added to them.
 */
export function sendKept(
  request: IncomingMessage,
  response: ServerResponse,
  kept: KeptResponse,
  { compression, vary }: SendOptions,
  headers: string[] = [],
): void | Promise<void> {
  const { 'accept-encoding': accepted, 'if-none-match': known, authorization } = request.headers
  const { cacheControl } = kept
  const isShareable = cacheControl !== undefined
  const control = isShareable ? scoped(cacheControl, authorization !== undefined) : 'no-store'
  // Names and values in turn, which Node takes as they are.
  headers.push('vary', vary, 'cache-control', control)
  if (isShareable && request.method !== 'POST') {
    const { etag } = kept
    headers.push('etag', etag)
    if (known !== undefined && names(known, etag)) {
      response.writeHead(304, headers).end()
      return undefined
    }
  }
  const encoding = compression ? encodingFor(accepted as string | undefined) : undefined
  const packed = encoding && kept.packed(encoding)
  if (packed instanceof Promise)
    return packed.then((body) => sendWhole(response, kept, headers, { encoding, body }))
  return sendWhole(response, kept, headers, packed && { encoding, body: packed })
}

/** A response whose headers Node does not tell any more. */
export type SentResponse = ServerResponse & { bodyBytes?: number }

interface Packed {
  readonly encoding: ContentEncoding | undefined
  readonly body: Buffer
}

function sendWhole(
  response: SentResponse,
  { status, content, length, headers: own }: KeptResponse,
  headers: string[],
  packed: Packed | undefined,
): void {
  headers.push(...own)
  if (packed?.encoding) headers.push('content-encoding', packed.encoding)
  response.bodyBytes = packed?.body.length ?? length
  headers.push('content-length', String(response.bodyBytes))
  response.writeHead(status, headers)
  // A text of as many bytes as characters is ASCII, which takes no encoding.
  if (packed) response.end(packed.body)
  else if (typeof content === 'string') response.end(content, content.length === length ? 'latin1' : 'utf8')
  else response.end(content)
}
