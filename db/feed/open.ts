import { performance } from 'node:perf_hooks'
import { type Run, singleFlight } from '../connection/single-flight.ts'
import type { Db } from '../database.ts'
import type { CanonicalFilter } from '../search/filter.ts'
import { expired, FeedCursorError, formatCursor, inFuture, parseCursor } from './cursor.ts'
import type { FeedEntry } from './events.ts'
import type { Feed, PaperMatch } from './feed.ts'
import { type FeedListener, listenToFeed } from './listener.ts'
import { type LogState, readLogState } from './log.ts'
import { eventsPerLogPage, LogPages } from './log-pages.ts'
import { Matcher } from './matcher.ts'
import { Tail } from './tail.ts'
import { Watchers } from './watchers.ts'

const mebi = 1024 * 1024

const feedDefaults = {
  /** Events that the tail holds at most. */
  tailEvents: 2048,
  /** Characters of data that the tail holds at most. */
  tailSize: 8 * mebi,
  /** Characters of log pages that are kept for readers that are behind. */
  logPagesSize: 8 * mebi,
  /** Of the listener; see ListenerOptions. */
  pollIntervalMs: 5_000,
  checkIntervalMs: 15_000,
  timeoutMs: 5_000,
  maxRetryDelayMs: 10_000,
}

/** A reading that has not come on for this long is given up. Longer than a statement may take, which says more. */
const readDeadlineMs = 10_000

export interface FeedOptions extends Partial<typeof feedDefaults> {
  readonly db: Db
  /**
   * For readings at the head of the log, which all subscribers wait for: best with connections of its own, so that they
   * queue behind nothing, and a short time limit. Default `db`.
   */
  readonly headDb?: Db
  /** For the connection that listens: Postgres itself, or a pooler in session mode. */
  readonly connectionString: string
  /** The listener lost its connection or the log could not be read; called once per outage. */
  readonly onError?: (error: Error) => void
}

/** Reads where the log stands, then listens. Throws when the database cannot be reached at the start. */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  return new LogFeed({ ...feedDefaults, ...options }, await readLogState(options.db))
}

class LogFeed implements Feed {
  epoch: string
  readAt = new Date()
  #readAtMs = performance.now()
  closed = false
  readonly refresh: Feed['refresh']
  readonly #db: Db
  readonly #headDb: Db
  readonly #onError: (error: Error) => void
  readonly #tail: Tail
  readonly #logPages: LogPages
  readonly #matcher: Matcher
  readonly #watchers = new Watchers()
  readonly #listener: FeedListener
  readonly #readTail = singleFlight((run) => this.#advanceTail(run), readDeadlineMs)
  /** Events up to and including this number are gone. */
  #pruned: number
  #tailReads = 0
  /** The last reading of the tail failed. */
  #failing = false
  /** After an outage: the database may be another one, or an older one. */
  #mustCheckState = false

  constructor(options: typeof feedDefaults & FeedOptions, { epoch, head, pruned }: LogState) {
    const { db, headDb = db, onError = () => {}, tailEvents, tailSize, logPagesSize } = options
    this.#db = db
    this.#headDb = headDb
    this.#onError = onError
    this.epoch = epoch
    this.#pruned = pruned
    this.#tail = new Tail(head, { count: tailEvents, size: tailSize })
    this.#logPages = new LogPages(db, logPagesSize)
    this.#matcher = new Matcher(db)
    this.refresh = async () => {
      await this.#readTail()
      return this.head
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

  get head(): number {
    return this.#tail.head
  }

  get readAgeMs(): number {
    return performance.now() - this.#readAtMs
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

  cursor(position: number): string {
    return formatCursor(this.epoch, position)
  }

  watch(onMove: () => void): () => void {
    return this.#watchers.add(onMove)
  }

  matching(filter: CanonicalFilter): PaperMatch | undefined {
    return this.#matcher.of(filter)
  }

  async position(cursor: string): Promise<number> {
    if (cursor === 'NOW') return this.refresh().catch(() => this.head)
    if (cursor === 'START') return this.#readPruned()
    const number = parseCursor(this.epoch, cursor)
    if (number > this.head && number > (await this.refresh())) throw inFuture()
    if (number < this.#pruned) throw expired(this.epoch, this.#pruned)
    return number
  }

  async read(after: number): Promise<readonly FeedEntry[]> {
    const entries = this.#tail.after(after, eventsPerLogPage) ?? (await this.#logPages.after(after))
    const [first] = entries
    if (first ? first.number === after + 1 : after >= this.head) return entries
    const pruned = await this.#readPruned()
    if (after < pruned) throw expired(this.epoch, pruned)
    // A position of another log, met after the database was replaced.
    throw after > this.head
      ? inFuture()
      : new FeedCursorError('CURSOR_MALFORMED', `The feed is damaged: event ${after + 1} is missing.`)
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.#watchers.notify()
    this.#watchers.clear()
    await this.#listener.close()
    await this.#readTail.idle()
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
    if (this.#mustCheckState) await this.#checkState(run)
    const started = new Date()
    const startedMs = performance.now()
    this.#tailReads += 1
    const moved = await this.#tail.advance(this.#headDb, eventsPerLogPage, run)
    this.readAt = started
    this.#readAtMs = startedMs
    this.#failing = false
    if (moved) this.#watchers.notify()
  }

  async #checkState(run: Run): Promise<void> {
    const { epoch, head, pruned } = await readLogState(this.#headDb)
    run.signal.throwIfAborted()
    this.#pruned = pruned
    this.#mustCheckState = false
    if (epoch === this.epoch && head >= this.head) return
    this.epoch = epoch
    this.#tail.reset(head)
    this.#logPages.clear()
    this.#watchers.notify()
  }

  async #readPruned(): Promise<number> {
    this.#pruned = (await readLogState(this.#db)).pruned
    return this.#pruned
  }
}
