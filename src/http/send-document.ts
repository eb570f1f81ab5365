import type { IncomingMessage, ServerResponse } from 'node:http'
import { compressed, encodingFor } from '../graphql/responses/answer-headers.ts'
import { etagOf, names } from '../graphql/responses/validators.ts'

export interface SentDocument {
  readonly status: number
  /** With the charset: `text/html; charset=utf-8`. */
  readonly mediaType: string
  readonly text: string
  readonly cacheControl: string
  /** Whether it is compressed for clients that take it. */
  readonly compression: boolean
}

/** Sends a document made for this request: compressed, and as 304 to who has it already. */
export async function sendDocument(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { status, mediaType, text, cacheControl, compression }: SentDocument,
): Promise<void> {
  const bytes = Buffer.from(text)
  response.setHeader('cache-control', cacheControl)
  if (compression) response.appendHeader('vary', 'Accept-Encoding')
  if (status === 200) {
    const etag = etagOf(mediaType, bytes)
    response.setHeader('etag', etag)
    if (names(headers['if-none-match'] ?? '', etag)) return void response.writeHead(304).end()
  }
  const encoding = compression ? encodingFor(headers['accept-encoding'] as string | undefined) : undefined
  const packed = encoding && (await compressed(bytes, encoding))
  if (packed) response.setHeader('content-encoding', encoding)
  response.setHeader('content-type', mediaType)
  response.writeHead(status, { 'content-length': (packed ?? bytes).length }).end(packed ?? bytes)
}
