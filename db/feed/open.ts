import { performance } from 'node:perf_hooks'
import { isStandby, StandbyBehindError } from '../connection/server.ts'
import { type Run, singleFlight } from '../connection/single-flight.ts'
import type { Db } from '../database.ts'
import type { CanonicalFilter } from '../search/filter.ts'
import { diverged, expired, FeedCursorError, foreign } from './cursor.ts'
import type { FeedEntry } from './events.ts'
import type { Feed, PaperMatch } from './feed.ts'
import { lastOf, lastShared, positionAt } from './history.ts'
import { KnownSources } from './known-sources.ts'
import { type FeedListener, listenToFeed } from './listener.ts'
import { cursorOf, type LogReading, type LogState, readLogState } from './log.ts'
import { eventsPerLogPage, LogPages } from './log-pages.ts'
import { Matcher } from './matcher.ts'
import { type FeedOptions, feedDefaults, readDeadlineMs } from './options.ts'
import { earliest, isSamePosition, type Position, termsOf } from './position.ts'
import { type KnownLog, resolveCursor } from './resolve-cursor.ts'
import { Tail } from './tail.ts'
import { Watchers } from './watchers.ts'

/** Reads the head of the log, then listens. Throws when the database cannot be reached at the start. */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const sources = new KnownSources(options.db)
  const [state] = await Promise.all([readLogState(options.db), sources.read()])
  return new LogFeed({ ...feedDefaults, ...options }, state, sources)
}

class LogFeed implements Feed {
  readAt = new Date()
  #readAtMs = performance.now()
  closed = false
  readonly refresh: Feed['refresh']
  readonly sources: KnownSources
  readonly #db: Db
  readonly #headDb: Db
  readonly #onError: (error: Error) => void
  readonly #onRead: () => void
  readonly #tail: Tail
  readonly #logPages: LogPages
  readonly #matcher: Matcher
  readonly #watchers = new Watchers()
  readonly #listener: FeedListener
  readonly #readTail = singleFlight((run) => this.#advanceTail(run), readDeadlineMs)
  readonly #known: KnownLog
  #state: LogState
  /** For each history that was lost: the last position that the next one shares with it; undefined for none. */
  readonly #lost: (Position | undefined)[] = []
  #tailReads = 0
  /** The last reading of the tail failed. */
  #failing = false
  /** After an outage: the database may be another one, or an older one. */
  #mustCheckState = false

  constructor(options: typeof feedDefaults & FeedOptions, state: LogState, sources: KnownSources) {
    const {
      db,
      headDb = db,
      onError = () => {},
      onRead = () => {},
      tailEvents,
      tailSize,
      logPagesSize,
    } = options
    this.#db = db
    this.#headDb = headDb
    this.#onError = onError
    this.#onRead = onRead
    this.#state = state
    this.sources = sources
    this.#tail = new Tail(state.head, { count: tailEvents, size: tailSize })
    this.#logPages = new LogPages(db, logPagesSize, (reading) => this.#onReading(reading))
    this.#matcher = new Matcher(db)
    this.refresh = async () => {
      await this.#readTail()
      return this.head
    }
    this.#known = {
      db,
      headDb,
      state: () => this.#state,
      head: () => this.head,
      history: () => this.history,
      held: (number) => this.#tail.positionOf(number),
      refresh: this.refresh,
      readState: () => this.#readState(),
    }
    this.#listener = listenToFeed({
      ...options,
      onHint: () => this.#onHint(),
      onConnect: () => {
        this.#mustCheckState = true
      },
      onLost: onError,
    })
  }

  get epoch(): string {
    return this.#state.epoch
  }

  get head(): Position {
    return this.#tail.head
  }

  get readAgeMs(): number {
    return performance.now() - this.#readAtMs
  }

  get history(): number {
    return this.#lost.length
  }

  get listening(): boolean {
    return this.#listener.listening
  }

  get held(): Feed['held'] {
    return { watchers: this.#watchers.size, tail: this.#tail.held, pages: this.#logPages.held }
  }

  get statements(): Feed['statements'] {
    return { reads: this.#tailReads + this.#logPages.reads, matches: this.#matcher.statements }
  }

  cursor(position: Position): string {
    return cursorOf(this.#state, position)
  }

  watch(onMove: () => void): () => void {
    return this.#watchers.add(onMove)
  }

  matching(filter: CanonicalFilter): PaperMatch | undefined {
    return this.#matcher.of(filter)
  }

  position(cursor: string): Promise<Position> {
    return resolveCursor(this.#known, cursor)
  }

  assertShared(position: Position, history: number): void {
    const lost = this.#lost.slice(history)
    if (lost.includes(undefined)) throw foreign(this.cursor(this.#state.pruned))
    const last = earliest(lost.filter((shared) => shared !== undefined))
    if (last && position.number > last.number) throw diverged(this.cursor(last))
  }

  async read(after: number): Promise<readonly FeedEntry[]> {
    const { history } = this
    const entries =
      this.#tail.after(after, eventsPerLogPage) ?? (await this.#logPages.after(after, this.#tail.begin))
    const [first] = entries
    if (first ? first.number === after + 1 : after >= this.head.number) return entries
    const { pruned } = await this.#readState()
    if (after < pruned.number) throw expired(this.cursor(pruned))
    // What is missing may have been lost with another history.
    this.#mustCheckState = true
    await this.refresh()
    if (this.history !== history) return this.read(after)
    if (!first && (await isStandby(this.#db))) throw new StandbyBehindError('The standby is behind the feed.')
    throw new FeedCursorError('CURSOR_MALFORMED', `The feed is damaged: event ${after + 1} is missing.`)
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.#watchers.notify()
    this.#watchers.clear()
    await this.#listener.close()
    await this.#readTail.idle()
    await this.sources.idle()
    this.#logPages.clear()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #onHint(): void {
    if (this.closed) return
    this.#readTail().catch((error: Error) => {
      // The poll and the listener's next connection try again.
      if (!this.#failing && !this.closed) this.#onError(error)
      this.#failing = true
    })
  }

  async #advanceTail(run: Run): Promise<void> {
    if (this.#mustCheckState) await this.#checkHistory(run)
    const started = new Date()
    const startedMs = performance.now()
    const advance = () => {
      this.#tailReads += 1
      return this.#tail.advance(this.#headDb, eventsPerLogPage, this.#state.pruned.number, run, (reading) =>
        this.#onReading(reading),
      )
    }
    let outcome = await advance()
    for (let checks = 0; outcome === 'doubtful' && checks < 3; checks++) {
      await this.#checkHistory(run)
      outcome = await advance()
    }
    if (outcome === 'doubtful') throw new Error('The log of the feed changes its history while it is read.')
    this.readAt = started
    this.#readAtMs = startedMs
    this.#failing = false
    this.#onRead()
    if (outcome === 'moved') this.#watchers.notify()
    this.sources.refresh()
  }

  #onReading({ terms }: LogReading): void {
    if (terms) this.#state = { ...this.#state, terms }
  }

  /** Whether the log still has what this server has read of it; if not, notes what is lost and reads it anew. */
  async #checkHistory(run: Run): Promise<void> {
    const before = this.#state
    const db = this.#headDb
    const state = await readLogState(db)
    const isBehind = state.epoch === before.epoch && state.head.number < this.head.number
    // What a standby lacks it may get yet. It is lost when the server is promoted without it.
    if (isBehind && (await isStandby(db))) throw new StandbyBehindError('The standby is behind the feed.')
    run.signal.throwIfAborted()
    this.#state = state
    this.#mustCheckState = false
    const { head } = this
    if (state.epoch !== before.epoch) return this.#changeHistory(undefined, state.head)
    if (head.number < state.pruned.number) return this.#tail.reset(state.pruned)
    const here = await positionAt(db, head.number, state)
    if (here && isSamePosition(here, head)) return
    const shared =
      (await lastOf(db, this.#tail.positions)) ??
      (await lastShared(db, state, this.#tail.positions[0] ?? head, termsOf(head.number, before.terms)))
    run.signal.throwIfAborted()
    this.#changeHistory(shared, shared)
  }

  #changeHistory(shared: Position | undefined, readFrom: Position): void {
    this.#lost.push(shared)
    this.#tail.reset(readFrom)
    this.#logPages.clear()
    this.#watchers.notify()
  }

  async #readState(): Promise<LogState> {
    const state = await readLogState(this.#db)
    if (state.epoch === this.#state.epoch) {
      this.#state = state
    } else {
      this.#mustCheckState = true
      await this.refresh()
    }
    return this.#state
  }
}
