import { UpstreamError } from './errors.ts'

/** What an answer may be: how it is asked for, how it is recognised, and what people call it. */
export interface MediaType {
  accept: string
  matches: RegExp
  words: string
}

export const json: MediaType = {
  accept: 'application/json',
  matches: /^application\/([\w.-]+\+)?json\b/,
  words: 'JSON',
}

export const atom: MediaType = {
  accept: 'application/atom+xml',
  matches: /^(application|text)\/([\w.-]+\+)?xml\b/,
  words: 'an Atom feed',
}

/** Refuses an answer of another kind before its body is read. */
export function checkType(response: Response, expected: MediaType, host: string): void {
  const type = response.headers.get('content-type')?.toLowerCase() ?? ''
  if (expected.matches.test(type)) return
  const found = type.startsWith('text/html')
    ? 'a web page (HTML)'
    : type === ''
      ? 'content without a type'
      : `content of the type ${type.slice(0, 60)}`
  throw new UpstreamError(
    `${host} answered with ${found} instead of ${expected.words}. Check its address in the settings, and whether a proxy or a login page intercepts the request.`,
    { status: response.status },
  )
}

/** The body, unzipped, as long as it stays within `limit` bytes; what is beyond is never read. */
export async function boundedBody(response: Response, limit: number, host: string): Promise<Buffer> {
  const tooLarge = () =>
    new UpstreamError(
      `${host} answered with more than ${Math.floor(limit / 1_048_576)} MiB, which is too large for a list of papers.`,
      {
        status: response.status,
      },
    )
  if (Number(response.headers.get('content-length') ?? 0) > limit) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
