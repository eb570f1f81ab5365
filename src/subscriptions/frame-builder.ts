import { FeedCursorError } from '../../db/feed/cursor.ts'
import { deliverEvent, deliverHeartbeat } from '../../db/feed/delivery.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { scan } from '../../db/feed/scan.ts'
import type { Viewer } from '../../schema/core/context.ts'
import type { SubscriptionRequest } from '../../schema/feed/subscription.ts'
import { Page } from './batch.ts'
import type { Contexts } from './contexts.ts'
import { executeDelivery, type Format, type Operation } from './execution.ts'
import type { Frame } from './frame.ts'
import type { Shelf } from './shared-cache.ts'

export interface TopicParts {
  readonly feed: Feed
  readonly contexts: Contexts
  readonly pages: Shelf<Page>
  readonly frames: Shelf<Frame>
  readonly format: Format
}

/** What all subscribers of a topic have in common. */
export interface Subject {
  /** Unique among the topics of an instance, rights included. */
  readonly key: string
  readonly operation: Operation
  readonly viewer: Viewer
  readonly request: SubscriptionRequest
  /** What makes the result of one event, rights included: topics of one shape share results. */
  readonly shape: string
  /** Whether a result can differ by what was sent before it. */
  readonly chained: boolean
}

/** Events looked at in one go: their frames must fit in the buffer of one healthy socket. */
const stretch = 64
/** Makes what a topic sends, or takes it from a shelf where a subscriber before, or another topic, had it made. */
export class Maker {
  readonly #subject: Subject
  readonly #parts: TopicParts
  /** Results made so far, for tests. */
  executions = 0

  constructor(subject: Subject, parts: TopicParts) {
    this.#subject = subject
    this.#parts = parts
  }

  /** Behind the head, pages begin at round numbers, so that subscribers at different places of one share it. */
  async page(position: number): Promise<Page> {
    const { feed, pages } = this.#parts
    const { key } = this.#subject
    const round = position - (position % stretch)
    if (round + stretch <= feed.head) {
      const page = await pages
        .get(`round ${round} ${key}`, () => this.#read(round))
        .catch((error) => {
          // The log may have been pruned up to here.
          if (error instanceof FeedCursorError) return undefined
          throw error
        })
      // It may have been read when the log ended in the middle of it.
      if (page && page.to > position) return page
    }
    return pages.get(`from ${position} ${key}`, () => this.#read(position))
  }

  async #read(from: number): Promise<Page> {
    const { feed, frames, contexts, format } = this.#parts
    const { operation, viewer, request, shape, chained } = this.#subject
    const found = await scan(feed, request, from, stretch)
    return new Page(found, (entry, previous) =>
      frames.get(`${entry.number} ${chained ? previous : ''} ${shape}`, async () => {
        this.executions += 1
        const delivery = deliverEvent(feed, entry, previous)
        const text = await contexts.with(viewer, `${from} ${found.scannedTo}`, (context) =>
          executeDelivery(operation, delivery, context, format),
        )
        return { position: entry.number, text, size: text.length }
      }),
    )
  }

  /** That everything up to a position has been sent; with a time to come back, the last word of a server. */
  async heartbeat(position: number, previous: number, reconnectAfter: number | null): Promise<Frame> {
    const { feed, contexts, format } = this.#parts
    const delivery = deliverHeartbeat(feed, position, previous, reconnectAfter)
    const { operation, viewer } = this.#subject
    const text = await contexts.with(viewer, `at ${position}`, (context) =>
      executeDelivery(operation, delivery, context, format),
    )
    return { position, text, size: text.length }
  }
}
