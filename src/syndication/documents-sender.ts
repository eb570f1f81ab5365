import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import { KeptResponse, sendKept } from '../cache/kept-response.ts'
import type { ResponseCache } from '../cache/response-cache.ts'

/** A document as it was made. */
export interface MadeDocument {
  /** With its charset. */
  readonly mediaType: string
  readonly text: string
  /** Further headers, e.g. `link`. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface DocumentsSenderOptions {
  readonly cache: ResponseCache
  /** When the newest event was recorded of all that is committed, in milliseconds since 1970. */
  readonly newestEventMs: () => Promise<number>
  readonly compression: boolean
  /** How long caches may show a document without asking, in seconds. */
  readonly maxAgeSeconds: number
}

/** Documents of which is remembered since when they are as they are. */
const rememberedDocuments = 10_000
const secondMs = 1_000

/**
 * Sends documents made of the database with validators that are exact: the ETag names the body, and Last-Modified moves
 * whenever the body does, also where something is gone. A date has whole seconds: a document that changed in this one is
 * sent whatever the date is.
 */
export class DocumentsSender {
  readonly #options: DocumentsSenderOptions
  readonly #changes = new LRUCache<string, { readonly etag: string; readonly changedAtMs: number }>({
    max: rememberedDocuments,
  })

  constructor(options: DocumentsSenderOptions) {
    this.#options = options
  }

  /** Sends the document of a key, or 304 to who has it. `make` runs once for all who ask while it runs. */
  async send(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    make: () => Promise<MadeDocument>,
  ): Promise<void> {
    const { cache, compression, maxAgeSeconds } = this.#options
    const kept = await cache.respond(`document ${key}`, async () => {
      const { mediaType, text, headers } = await make()
      const made = new KeptResponse({
        ...{ body: Buffer.from(text), contentType: mediaType, cacheControl: `max-age=${maxAgeSeconds}` },
        ...(headers && { headers }),
      })
      await this.#noteChange(key, made.etag)
      return { response: made, isKept: true }
    })
    const { 'if-none-match': etags, 'if-modified-since': date } = request.headers
    const changedAt = wholeSecond(this.#changes.get(key)?.changedAtMs ?? Date.now())
    const now = wholeSecond(Date.now())
    const lastModified = new Date(Math.min(changedAt, now - secondMs)).toUTCString()
    // The date counts only where no ETag is given (RFC 9110, 13.2.2).
    if (etags === undefined && date !== undefined && changedAt < now && Date.parse(date) >= changedAt)
      request.headers['if-none-match'] = kept.etag
    const options = { compression, vary: compression ? 'Accept-Encoding' : '' }
    await sendKept(request, response, kept, options, ['last-modified', lastModified])
  }

  async #noteChange(key: string, etag: string): Promise<void> {
    const before = this.#changes.get(key)
    if (before?.etag === etag) return
    // Asked after the reading, so that nothing that was read is newer.
    const newestEventMs = await this.#options.newestEventMs()
    this.#changes.set(key, {
      etag,
      changedAtMs: Math.max(newestEventMs, (before?.changedAtMs ?? 0) + secondMs),
    })
  }
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / secondMs) * secondMs
}
