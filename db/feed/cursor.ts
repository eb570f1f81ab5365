import { hash } from 'node:crypto'

type CursorErrorCode = 'CURSOR_MALFORMED' | 'CURSOR_FOREIGN' | 'CURSOR_FUTURE' | 'CURSOR_EXPIRED'

/** A cursor that cannot be used. The code and the sentence, which says what to do instead, are for clients. */
export class FeedCursorError extends Error {
  override name = 'FeedCursorError'
  readonly code: CursorErrorCode
  /** For `CURSOR_EXPIRED`: the oldest cursor that still works. */
  readonly restartFrom: string | undefined

  constructor(code: CursorErrorCode, message: string, restartFrom?: string) {
    super(message)
    this.code = code
    this.restartFrom = restartFrom
  }
}

/**
 * A position in the feed as text: 16 characters of base64url over 4 bytes that name the database, 6 bytes of the
 * number of the last event before the position, and 2 bytes of checksum, so that a typing error is not taken for
 * another position. No secret: whoever may read the feed may read all of it.
 */
export function formatCursor(epoch: string, number: number): string {
  const bytes = Buffer.allocUnsafe(12)
  bytes.writeUInt32BE(databaseKey(epoch), 0)
  bytes.writeUIntBE(number, 4, 6)
  bytes.writeUInt16BE(checksum(bytes), 10)
  return bytes.toString('base64url')
}

/** The number a cursor stands for. Throws `FeedCursorError`: malformed, or foreign to this database. */
export function parseCursor(epoch: string, cursor: string): number {
  const bytes = Buffer.from(cursor, 'base64url')
  if (
    bytes.length !== 12 ||
    bytes.toString('base64url') !== cursor ||
    bytes.readUInt16BE(10) !== checksum(bytes)
  ) {
    throw new FeedCursorError(
      'CURSOR_MALFORMED',
      `${JSON.stringify(cursor.length > 40 ? `${cursor.slice(0, 40)}…` : cursor)} is not a feed cursor. Pass a cursor exactly as received from an event or feedPosition, or START or NOW.`,
    )
  }
  if (bytes.readUInt32BE(0) !== databaseKey(epoch)) {
    throw new FeedCursorError(
      'CURSOR_FOREIGN',
      'This cursor belongs to another database. Get a new one from feedPosition, or pass START or NOW.',
    )
  }
  return bytes.readUIntBE(4, 6)
}

/** The refusal of a position that has been pruned. */
export function expired(epoch: string, pruned: number): FeedCursorError {
  const restartFrom = formatCursor(epoch, pruned)
  return new FeedCursorError(
    'CURSOR_EXPIRED',
    `This cursor is older than the oldest retained event: events after it have been deleted. Read the papers again together with feedPosition and continue from there, or continue after the oldest retained position, ${restartFrom}.`,
    restartFrom,
  )
}

/** The refusal of a position that has not been reached. */
export function inFuture(): FeedCursorError {
  return new FeedCursorError(
    'CURSOR_FUTURE',
    'This cursor is ahead of the feed; the database may have been restored from an older backup. Get a new one from feedPosition.',
  )
}

const keys = new Map<string, number>()

function databaseKey(epoch: string): number {
  let key = keys.get(epoch)
  if (key === undefined) {
    key = hash('sha256', `daily-papers feed 1 ${epoch}`, 'buffer').readUInt32BE(0)
    keys.set(epoch, key)
  }
  return key
}

/** CRC-16/CCITT of the first ten bytes. */
function checksum(bytes: Buffer): number {
  let crc = 0xffff
  for (let index = 0; index < 10; index++) {
    crc ^= bytes.readUInt8(index) << 8
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc
}
