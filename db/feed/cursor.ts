import { hash } from 'node:crypto'
import { maxTermsNamed, type Position, type Term } from './position.ts'

type CursorErrorCode = 'CURSOR_MALFORMED' | 'CURSOR_FOREIGN' | 'CURSOR_FUTURE' | 'CURSOR_EXPIRED'

/** A cursor that cannot be used. The code and the sentence, which says what to do instead, are for clients. */
export class FeedCursorError extends Error {
  override name = 'FeedCursorError'
  readonly code: CursorErrorCode
  /** Where to go on instead, if that is known: the oldest cursor that is kept, or the last that both histories share. */
  readonly restartFrom: string | undefined

  constructor(code: CursorErrorCode, message: string, restartFrom?: string) {
    super(message)
    this.code = code
    this.restartFrom = restartFrom
  }
}

/** What a cursor says. */
export interface ParsedCursor {
  /** It comes from another database. */
  readonly isForeign: boolean
  readonly number: number
  /** Absent in a cursor of 16 characters, which versions before 0.2 gave. */
  readonly exact?: {
    readonly position: Position
    /** The terms that led to that event, the newest ones, in order. */
    readonly terms: readonly Term[]
  }
}

/** Bytes of a cursor that names a number alone, of one that names an event exactly, and of each term in it. */
const numberBytes = 12
const exactBytes = 24
const termBytes = 9

/**
 * A position in the feed as text: base64url over 4 bytes that name the database, 6 bytes each of number, mark and
 * instant of the position, 6 bytes of `after` and 3 of `id` of each of its terms, and 2 bytes of checksum, so that a
 * typing error is not taken for another position: 32 characters, and 12 for each term but the first of a log. No
 * secret: a client that may read the feed may read all of it.
 */
export function formatCursor(epoch: string, position: Position, terms: readonly Term[]): string {
  const length = exactBytes + terms.length * termBytes
  const bytes = scratch
  bytes.writeUInt32BE(databaseKey(epoch), 0)
  bytes.writeUIntBE(position.number, 4, 6)
  bytes.writeUIntBE(position.mark, 10, 6)
  bytes.writeUIntBE(position.recordedAtMs, 16, 6)
  for (const [index, { after, id }] of terms.entries()) {
    const at = 22 + index * termBytes
    bytes.writeUIntBE(after, at, 6)
    bytes.writeUIntBE(id, at + 6, 3)
  }
  bytes.writeUInt16BE(checksum(bytes, length - 2), length - 2)
  return bytes.toString('base64url', 0, length)
}

/** Thousands of cursors a second are written into one place. */
const scratch = Buffer.alloc(exactBytes + maxTermsNamed * termBytes)

/** Reads a cursor. Throws `FeedCursorError`: malformed. */
export function parseCursor(epoch: string, cursor: string): ParsedCursor {
  const bytes = Buffer.from(cursor, 'base64url')
  const terms = (bytes.length - exactBytes) / termBytes
  const isExact = Number.isInteger(terms) && terms >= 0 && terms <= maxTermsNamed
  const isCursor = (isExact || bytes.length === numberBytes) && bytes.toString('base64url') === cursor
  if (!isCursor || bytes.readUInt16BE(bytes.length - 2) !== checksum(bytes, bytes.length - 2)) {
    throw new FeedCursorError(
      'CURSOR_MALFORMED',
      `${JSON.stringify(cursor.length > 60 ? `${cursor.slice(0, 60)}…` : cursor)} is not a feed cursor. Pass a cursor exactly as received from an event or feedPosition, or START or NOW.`,
    )
  }
  const isForeign = bytes.readUInt32BE(0) !== databaseKey(epoch)
  const number = bytes.readUIntBE(4, 6)
  if (!isExact) return { isForeign, number }
  const position = { number, mark: bytes.readUIntBE(10, 6), recordedAtMs: bytes.readUIntBE(16, 6) }
  return {
    isForeign,
    number,
    exact: {
      position,
      terms: Array.from({ length: terms }, (_, index) => {
        const at = 22 + index * termBytes
        return { after: bytes.readUIntBE(at, 6), id: bytes.readUIntBE(at + 6, 3) }
      }),
    },
  }
}

/** The refusal of a position that has been pruned. `restartFrom`: the oldest position kept, as a cursor. */
export function expired(restartFrom: string): FeedCursorError {
  return new FeedCursorError(
    'CURSOR_EXPIRED',
    `This cursor is older than the oldest retained event: events after it have been deleted. Read the papers again together with feedPosition and continue from there, or continue after the oldest retained position, ${restartFrom}.`,
    restartFrom,
  )
}

/** The refusal of a position that has not been reached. `restartFrom`: the last position both histories share. */
export function inFuture(restartFrom: string): FeedCursorError {
  return new FeedCursorError(
    'CURSOR_FUTURE',
    `This cursor is ahead of the feed: the database was restored from an older backup, or a failover lost events that you may have received. Continue after the last position that both histories share, ${restartFrom}, or read the papers again together with feedPosition.`,
    restartFrom,
  )
}

/** The refusal of a position of another history. `restartFrom`: the last position both histories share. */
export function diverged(restartFrom: string): FeedCursorError {
  return new FeedCursorError(
    'CURSOR_FOREIGN',
    `This cursor belongs to another history of the feed: after a restored backup, a failover or a copy of the database, other events have taken the place of those you received. Continue after the last position that both histories share, ${restartFrom}, or read the papers again together with feedPosition.`,
    restartFrom,
  )
}

/** The refusal of a position in another database. `restartFrom`: the oldest position kept, as a cursor. */
export function foreign(restartFrom: string): FeedCursorError {
  return new FeedCursorError(
    'CURSOR_FOREIGN',
    `This cursor belongs to another database. Read the papers together with feedPosition and continue from there, or read all retained events, after ${restartFrom}.`,
    restartFrom,
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

/** CRC-16/CCITT of the first bytes. */
function checksum(bytes: Buffer, length: number): number {
  let crc = 0xffff
  for (let at = 0; at < length; at++)
    crc = ((crc << 8) ^ (checksums[(crc >> 8) ^ (bytes[at] ?? 0)] ?? 0)) & 0xffff
  return crc
}

/** The checksum's change by each value of a byte. */
const checksums = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
  return crc
})
