import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { isStandby, StandbyBehindError } from '../connection/server.ts'
import type { Db } from '../database.ts'
import { diverged, expired, foreign, inFuture, type ParsedCursor, parseCursor } from './cursor.ts'
import { lastShared, mayBeNumberAlone, positionAt } from './history.ts'
import { cursorOf, type LogState, readLogState } from './log.ts'
import { isSamePosition, type Position } from './position.ts'

/** Milliseconds that a cursor waits for a standby, and between two looks. */
const standbyWaitMs = 2_000
const standbyLookMs = 50

/** What a server knows of the log, and how it learns more. */
export interface KnownLog {
  readonly db: Db
  /** Where the head of the log is read. */
  readonly headDb: Db
  state(): LogState
  head(): Position
  /** Counts the histories of the log that this server has met. */
  history(): number
  /** The position of an event that is held in memory. */
  held(number: number): Position | undefined
  /** Reads to the end of the log. */
  refresh(): Promise<Position>
  readState(): Promise<LogState>
}

/**
 * The position of a cursor, of `START` or of `NOW`, in what is `log.history()` when this resolves. Throws
 * `FeedCursorError`, and `StandbyBehindError` for an event that a standby may have yet to receive.
 */
export async function resolveCursor(log: KnownLog, cursor: string): Promise<Position> {
  const history = log.history()
  const [outcome] = await Promise.allSettled([positionOf(log, cursor)])
  // Looking it up may have been what showed another history.
  if (history !== log.history()) return resolveCursor(log, cursor)
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

/** The position of a cursor, of `START` or of `NOW`, for programs that do not follow the feed. Throws the same. */
export async function positionOfCursor(db: Db, cursor: string): Promise<{ cursor: string; number: number }> {
  let state = await readLogState(db)
  const readState = async () => {
    state = await readLogState(db)
    return state
  }
  const position = await resolveCursor(
    {
      ...{ db, headDb: db, readState },
      ...{ state: () => state, head: () => state.head, history: () => 0, held: () => undefined },
      refresh: async () => (await readState()).head,
    },
    cursor,
  )
  return { cursor: cursorOf(state, position), number: position.number }
}

async function positionOf(log: KnownLog, cursor: string): Promise<Position> {
  if (cursor === 'NOW') return log.refresh().catch(() => log.head())
  if (cursor === 'START') return (await log.readState()).pruned
  const parsed = parseCursor(log.state().epoch, cursor)
  const { number } = parsed
  if (parsed.isForeign) {
    const { pruned } = await log.readState()
    throw foreign(cursorOf(log.state(), pruned))
  }
  if (number > log.head().number && number > (await log.refresh()).number) {
    if (await isStandby(log.headDb)) {
      if (await getsThere(log, number)) return verified(log, parsed)
      throw new StandbyBehindError('The standby has not reached this cursor yet.')
    }
    throw inFuture(await restartFrom(log, parsed))
  }
  const { pruned } = log.state()
  if (number < pruned.number) throw expired(cursorOf(log.state(), pruned))
  return verified(log, parsed)
}

/**
 * Whether a standby gets to an event in a moment: a client may have the cursor from a server whose database is the primary,
 * or another standby that is further.
 */
async function getsThere(log: KnownLog, number: number): Promise<boolean> {
  const untilMs = performance.now() + standbyWaitMs
  while (performance.now() < untilMs) {
    await sleep(standbyLookMs)
    if ((await log.refresh()).number >= number) return true
  }
  return false
}

/** The position of a cursor whose number the log has reached. */
async function verified(log: KnownLog, parsed: ParsedCursor): Promise<Position> {
  const { number } = parsed
  const known = log.held(number) ?? (await positionAt(log.db, number, log.state()))
  if (known && isMeant(parsed, known, log.state())) return known
  // Pruned since, or another event, or it is this server that does not know the log's history yet.
  await log.refresh()
  const { pruned } = await log.readState()
  if (number < pruned.number) throw expired(cursorOf(log.state(), pruned))
  // Where the head is read may be ahead of a standby that other readings go to.
  const there = known ? undefined : await positionAt(log.headDb, number, log.state())
  if (there && isMeant(parsed, there, log.state())) return there
  throw diverged(await restartFrom(log, parsed))
}

function isMeant({ number, exact }: ParsedCursor, known: Position, state: LogState): boolean {
  // Of an event that was pruned before events had marks, nothing but its number is known.
  if (number > 0 && known.mark === 0) return true
  return exact ? isSamePosition(exact.position, known) : mayBeNumberAlone(known, state)
}

/** Where a reader of another history goes on. */
async function restartFrom(log: KnownLog, { exact }: ParsedCursor): Promise<string> {
  const state = await log.readState()
  const shared = exact ? await lastShared(log.headDb, state, exact.position, exact.terms) : state.pruned
  return cursorOf(log.state(), shared)
}
