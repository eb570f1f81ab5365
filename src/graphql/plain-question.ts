import { isAscii } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { Viewer } from '../../schema/core/context.ts'
import { endedEarly, textOf } from './body.ts'
import { parametersOf } from './requests.ts'

/** What plain requests ask, and how their responses are named. */

/** A request with what is known of it already. */
export type PostedRequest = IncomingMessage & { body?: Buffer; viewer?: Viewer }

/** What a client asks to have executed. */
export interface PlainQuestion {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Record<string, unknown> | undefined
}

/** Names the response to a question: by its text, the rights of who asks, and what is taken. */
export function keyOf({ role, sharingKey }: Viewer, mediaType: string, method: string, text: string): string {
  return `${role} ${sharingKey} ${mediaType} ${method} ${text}`
}

const mediaTypes = new LRUCache<string, { readonly mediaType: string | undefined }>({ max: 100 })

/** The media type that Yoga sends to a client that accepts this; undefined where it takes more to find out. */
export function mediaTypeFor(accept = '*/*'): string | undefined {
  if (accept === '*/*') return 'application/json'
  let known = mediaTypes.get(accept)
  if (!known) {
    known = { mediaType: firstOf(accept) }
    mediaTypes.set(accept, known)
  }
  return known.mediaType
}

/** The first of ours that is named, whatever its weight. */
function firstOf(accept: string): string | undefined {
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim())
    const isOurs = ['*/*', 'application/*', 'application/json', newerType].includes(name)
    if (!isOurs) continue
    if (!parameters.every((parameter) => /^q=(1|0\.\d*[1-9])$|^charset=utf-8$/.test(parameter)))
      return undefined
    return name === newerType ? newerType : 'application/json'
  }
  return undefined
}

const newerType = 'application/graphql-response+json'

/** Whether the body is JSON, of a length that is told, and without an encoding. */
export function hasPlainBody({ headers }: PostedRequest): boolean {
  return (
    Number(headers['content-length']) > 0 &&
    headers['content-encoding'] === undefined &&
    /^application\/json(;\s*charset=utf-8)?$/i.test(headers['content-type'] ?? '')
  )
}

/** Reads the body, which stays with the request for Yoga. */
export function readBytes(
  request: PostedRequest,
  onBody: (body: Buffer) => void,
  onError: (error: unknown) => void,
): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    request.body = body
    onBody(body)
  })
  request.on('error', () => onError(endedEarly()))
}

/** What an address asks; undefined if it is not plain. */
export function askedByGet({ url = '', headers }: IncomingMessage): PlainQuestion | undefined {
  if (headers['if-none-match'] !== undefined) return undefined
  try {
    return plain(parametersOf(url))
  } catch {
    return undefined
  }
}

/** Questions without variables by their bodies, which are the same bytes each time. */
const repeated = new LRUCache<string, PlainQuestion>({ max: 500 })
/** Bytes of a body that is remembered. */
const longestRepeated = 2_048

/** What a body asks; undefined if it is not plain. `latin1`: the same bytes as text. */
export function askedIn(body: Buffer, latin1: string): PlainQuestion | undefined {
  const known = body.length <= longestRepeated ? repeated.get(latin1) : undefined
  if (known) return known
  try {
    const question = plain(JSON.parse(isAscii(body) ? latin1 : (textOf(body) ?? '')))
    if (question && !question.variables && body.length <= longestRepeated) repeated.set(latin1, question)
    return question
  } catch {
    return undefined
  }
}

const known = new Set(['query', 'operationName', 'variables'])

/** A request that has a document, and nothing that has to be looked at more closely. */
function plain(params: unknown): PlainQuestion | undefined {
  if (!isRecord(params)) return undefined
  for (const name in params) if (params[name] != null && !known.has(name)) return undefined
  const { query, operationName, variables } = params
  if (typeof query !== 'string' || query === '') return undefined
  if (operationName != null && typeof operationName !== 'string') return undefined
  if (variables != null && !isRecord(variables)) return undefined
  return { query, operationName: operationName || undefined, variables: variables ?? undefined }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
