import { createHash, timingSafeEqual } from 'node:crypto'
import { anonymous, type Viewer } from '../schema/core/context.ts'

const writer: Viewer = Object.freeze({ canWrite: true, sharingKey: 'writer' })

/**
 * Who an `Authorization` header makes of a client. A token that is not ours is no error: gateways pass on what
 * their own clients sent, and reads are open to all.
 */
export function viewerOf(authorization: string | undefined, writeToken: string | undefined): Viewer {
  if (authorization === undefined || writeToken === undefined) return anonymous
  const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? []
  return token !== undefined && equal(token, writeToken) ? writer : anonymous
}

/** Takes the same time wherever the two differ, so that a token cannot be guessed character by character. */
function equal(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
