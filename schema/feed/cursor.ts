import { FeedCursorError } from '../../db/feed/cursor.ts'
import type { Context } from '../core/context.ts'
import { CursorError, type CursorErrorCode } from '../core/errors.ts'

const codes = {
  malformed: 'CURSOR_MALFORMED',
  foreign: 'CURSOR_FOREIGN',
  future: 'CURSOR_FUTURE',
  expired: 'CURSOR_EXPIRED',
} as const satisfies Record<FeedCursorError['fault'], CursorErrorCode>

/** The position of an `after` argument. Throws CursorError for one that cannot be used. */
export async function positionAfter(context: Context, after: string): Promise<number> {
  try {
    return await context.feed.position(after)
  } catch (error) {
    throw asCursorError(error)
  }
}

/** The refusal of a cursor as the client is told; anything else as it came. */
export function asCursorError(error: unknown): unknown {
  if (!(error instanceof FeedCursorError)) return error
  return new CursorError(codes[error.fault], error.message, error.restartFrom)
}
