import type { FeedEntry } from '../../db/feed/events.ts'
import type { Stretch } from '../../db/feed/scan.ts'
import type { Frame } from './frame.ts'

/** Makes the result of one event, told which position the subscriber was at before it. */
export type MakeFrame = (entry: FeedEntry, previous: number) => Promise<Frame>

/** The frames of one stretch of the log for one topic, each made when it is first asked for. */
export class Page {
  readonly from: number
  readonly to: number
  readonly bornAt = Date.now()
  /** Characters held. */
  size = 0
  readonly #entries: readonly FeedEntry[]
  readonly #make: MakeFrame
  readonly #chained: boolean
  readonly #frames = new Map<string, Promise<Frame>>()

  /** `chained`: a frame's text depends on what came before it. */
  constructor(from: number, { entries, to }: Stretch, chained: boolean, make: MakeFrame) {
    this.from = from
    this.to = to
    this.#entries = entries
    this.#chained = chained
    this.#make = make
  }

  /** The frames after a position for subscribers who last got something at `previous`. */
  after(position: number, previous: number): Promise<Frame[]> {
    const first = this.#entries.findIndex(({ number }) => number > position)
    if (first === -1) return Promise.resolve([])
    let before = previous
    const frames = this.#entries.slice(first).map((entry) => {
      const frame = this.#frame(entry, before)
      before = entry.number
      return frame
    })
    return Promise.all(frames)
  }

  #frame(entry: FeedEntry, previous: number): Promise<Frame> {
    const key = this.#chained ? `${entry.number} ${previous}` : String(entry.number)
    const known = this.#frames.get(key)
    if (known) return known
    const frame = this.#make(entry, previous)
    this.#frames.set(key, frame)
    frame.then(
      ({ text }) => {
        this.size += text.length
      },
      () => this.#frames.delete(key),
    )
    return frame
  }
}

/**
 * The frames that all topics of an instance hold, so that subscribers who are behind share them. Old ones go by
 * age, because the papers in them grow stale, and by size, the oldest first.
 */
export class PageCache {
  readonly #pages = new Map<string, Promise<Page>>()
  readonly #known = new Map<string, Page>()
  readonly #maxAge: number
  readonly #maxSize: number

  /** Milliseconds and characters at most. */
  constructor(maxAge: number, maxSize: number) {
    this.#maxAge = maxAge
    this.#maxSize = maxSize
  }

  get held(): { pages: number; size: number } {
    let size = 0
    for (const page of this.#known.values()) size += page.size
    return { pages: this.#pages.size, size }
  }

  /** The page of a key: one being read or read just now, or a new one. */
  get(key: string, read: () => Promise<Page>): Promise<Page> {
    const known = this.#pages.get(key)
    if (known && !this.#isOld(this.#known.get(key))) return known
    this.#forget(key)
    const page = read()
    this.#pages.set(key, page)
    page.then(
      (done) => {
        if (this.#pages.get(key) === page) this.#known.set(key, done)
      },
      () => {
        if (this.#pages.get(key) === page) this.#forget(key)
      },
    )
    return page
  }

  /** Lets go of what is old, or more than the bound. Called now and then. */
  sweep(): void {
    let { size } = this.held
    for (const [key, page] of this.#known) {
      if (size <= this.#maxSize && !this.#isOld(page)) continue
      size -= page.size
      this.#forget(key)
    }
  }

  #isOld(page: Page | undefined): boolean {
    return page !== undefined && Date.now() - page.bornAt > this.#maxAge
  }

  #forget(key: string): void {
    this.#pages.delete(key)
    this.#known.delete(key)
  }
}
