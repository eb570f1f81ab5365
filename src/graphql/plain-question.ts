import type { IncomingMessage } from 'node:http'
import type { Viewer } from '../../schema/core/context.ts'
import { endedEarly } from './body.ts'

/** What plain requests ask, as it names their responses. */

export type PostedRequest = IncomingMessage & { body?: Buffer }

/** Names the response to a question: by its text, the rights of who asks, and what is taken. */
export function keyOf({ role, sharingKey }: Viewer, mediaType: string, method: string, text: string): string {
  return `${role} ${sharingKey} ${mediaType} ${method} ${text}`
}

/** The media type that Yoga sends to a client that accepts this; undefined where it takes more to find out. */
export function mediaTypeFor(accept = '*/*'): string | undefined {
  if (accept === '*/*') return 'application/json'
  if (accept.includes(';')) return undefined
  for (const range of accept
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())) {
    if (range === '*/*' || range === 'application/*' || range === 'application/json')
      return 'application/json'
    if (range === 'application/graphql-response+json') return range
  }
  return undefined
}

/** Reads the body, which stays with the request for Yoga. Its bytes as text; undefined if it is not plain JSON. */
export async function postedText(request: PostedRequest): Promise<string | undefined> {
  const { headers } = request
  if (!Number(headers['content-length']) || headers['content-encoding'] !== undefined) return undefined
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(headers['content-type'] ?? '')) return undefined
  request.body ??= await readAll(request)
  return request.body.toString('latin1')
}

function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const fail = () => reject(endedEarly())
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      // After its end a request closes, too, and an error costs more than all the rest.
      request.off('error', fail).off('close', fail)
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
    })
    request.on('error', fail).on('close', fail)
  })
}
