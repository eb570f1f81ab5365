import { hash } from 'node:crypto'

/** An answer that was given: what a cache may still hold. */
export interface Given {
  readonly etag: string
  /** Of the database, read before the answer was made. */
  readonly version: string
  readonly cacheControl: string
}

/** Names a question with a text of one length, whatever the address holds. */
export function questionOf(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url')
}

/**
 * Names an answer by what it says. Weak, because a compressed body is another sequence of bytes with the same
 * meaning.
 */
export function etagOf(mediaType: string, body: Buffer): string {
  return `W/"${hash('sha256', Buffer.concat([Buffer.from(`${mediaType}\n`), body]), 'base64url').slice(0, 27)}"`
}

/** Whether an If-None-Match header names this answer; weak comparison, as RFC 9110 has it for GET. */
export function names(ifNoneMatch: string, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag))
}
