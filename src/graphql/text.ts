import { type ApiError, httpError } from '../../schema/core/errors.ts'

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

/** Whether percent-encoded text is UTF-8 once it is decoded. A `%` that encodes nothing counts as itself. */
export function isUtf8Encoded(text: string): boolean {
  if (!/%[89a-f]/i.test(text)) return true
  try {
    decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25'))
    return true
  } catch {
    return false
  }
}

export function notUtf8(): ApiError {
  return httpError(
    'BAD_REQUEST',
    'The percent-encoded text is not UTF-8. Encode the UTF-8 bytes of each character.',
  )
}
