import type { StatementScope } from '../../db/connection/statement-scope.ts'
import { FeedCursorError } from '../../db/feed/cursor.ts'
import { type Delivery, deliverEvent, deliverHeartbeat } from '../../db/feed/delivery.ts'
import type { FeedEntry } from '../../db/feed/events.ts'
import type { Feed } from '../../db/feed/feed.ts'
import type { Position } from '../../db/feed/position.ts'
import { scan } from '../../db/feed/scan.ts'
import type { Viewer } from '../../schema/core/context.ts'
import { usedByValue } from '../../schema/core/cost.ts'
import type { SubscriptionRequest } from '../../schema/feed/subscription.ts'
import type { PreparedOperation } from '../execution/execute.ts'
import { isPromise, type Pending } from '../execution/execution.ts'
import { objectJson } from '../execution/plan.ts'
import type { Measure } from '../graphql/measure.ts'
import { Batch, type FrameMaking } from './batch.ts'
import { BatchSize, minBatchSize } from './batch-size.ts'
import type { Contexts } from './contexts.ts'
import {
  AbandonedError,
  type Executed,
  executeDelivery,
  type Format,
  type JsonResult,
  scopeOfSubscriptions,
} from './execution.ts'
import { type Frame, frameOf } from './frame.ts'
import type { Place } from './member.ts'
import type { SharedCache } from './shared-cache.ts'

/** How results are written for a kind of transport. */
export interface Encoding {
  readonly name: string
  /** `delivery` is what the result is of; undefined where it tells of a failure. */
  encode(result: JsonResult, delivery: Delivery | undefined): string
}

/** As every GraphQL transport writes them. */
export const graphqlEncoding: Encoding = {
  name: 'graphql',
  encode({ errors, fields }) {
    const told = errors ? `"errors":${JSON.stringify(errors)},` : ''
    return `{${told}"data":${fields && objectJson(fields)}}`
  },
}

/** What the topics of a server share to build frames. */
export interface FrameServices {
  readonly feed: Feed
  readonly contexts: Contexts
  readonly batches: SharedCache<Batch>
  readonly frames: SharedCache<Frame>
  readonly format: Format
}

/** What all subscribers of a topic have in common. */
export interface TopicSpec {
  /** Unique among the topics of a server, and short: it is part of keys that are looked up at each event. */
  readonly id: number
  readonly operation: PreparedOperation
  readonly viewer: Viewer
  readonly encoding: Encoding
  readonly request: SubscriptionRequest
  /** What makes the result of one event, rights included: topics of one shape share frames. */
  readonly shapeKey: string
  /** Whether a result can differ by what was sent before it. */
  readonly showsPrevious: boolean
  /** Points that the execution of one event costs at most, and what of it is beside showing values. */
  readonly eventCost: Pick<Measure, 'cost' | 'work'>
}

/** Builds what a topic sends, or takes it from the cache where another subscriber, or another topic, had it built. */
export class FrameBuilder {
  readonly #spec: TopicSpec
  readonly #services: FrameServices
  /** Of the executions under way. */
  readonly #scopes = new Set<StatementScope>()
  /** Results executed so far, for tests. */
  executions = 0
  /** Points that these have cost. */
  spent = 0
  readonly #batchSize = new BatchSize()

  constructor(spec: TopicSpec, services: FrameServices) {
    this.#spec = spec
    this.#services = services
  }

  /**
   * A batch that reaches beyond the position. Behind the head, batches begin at multiples of their size, so that
   * subscribers at different positions share them.
   */
  async batchAfter({ position, history }: Place): Promise<Batch> {
    const { feed, batches } = this.#services
    const { id } = this.#spec
    const { number } = position
    const size = this.#batchSize.current
    const aligned = number - (number % size)
    if (aligned + size <= feed.head.number) {
      const cacheKey = `aligned ${aligned} ${size} ${history} ${id}`
      const reading = batches.get(cacheKey, () => this.#readBatch(aligned, position, history, size))
      const batch = await Promise.resolve(reading).catch((error) => {
        // The log may have been pruned up to here.
        if (error instanceof FeedCursorError) return undefined
        throw error
      })
      // It may have been read when the log ended in the middle of it.
      if (batch && batch.scannedTo.number > number) return batch
    }
    return batches.get(`from ${number} ${history} ${id}`, () =>
      this.#readBatch(number, position, history, minBatchSize),
    )
  }

  /**
   * Says that everything committed by an instant has been sent; with a time to come back, the last frame of a server.
   * Reads nothing of the database.
   */
  async heartbeat(
    { position, previous }: Omit<Place, 'history'>,
    says: Parameters<typeof deliverHeartbeat>[3],
  ): Promise<Frame> {
    const delivery = deliverHeartbeat(this.#services.feed, position, previous, says)
    const making = this.#beginMaking(`at ${position.number} ${position.mark}`)
    try {
      return await making.execute(delivery, position)
    } finally {
      making.end()
    }
  }

  /** Ends the statements that run for the topic, because nobody subscribes to it any more. */
  abandon(): void {
    for (const scope of this.#scopes) scope.end(new AbandonedError('Nobody subscribes any more.'))
  }

  /** What clients see in the place of an event that cannot be delivered. */
  failure(result: JsonResult): Frame {
    return frameOf(this.#spec.encoding.encode(result, undefined), undefined)
  }

  /** Puts frames that were made after a place into the cache, for those who come back for some of them. */
  keep(made: readonly Frame[], { previous, history }: Place): void {
    let before = previous
    for (const frame of made) {
      if (!frame.position) continue
      void this.#services.frames.get(this.#frameKey(frame.position.number, before, history), () => frame)
      before = frame.position
    }
  }

  #frameKey(number: number, previous: Position, history: number): string {
    const { shapeKey, showsPrevious } = this.#spec
    return `${number} ${history} ${showsPrevious ? previous.number : ''} ${shapeKey}`
  }

  /** If there is nothing after `from`, the batch ends at `position`. */
  async #readBatch(from: number, position: Position, history: number, size: number): Promise<Batch> {
    const { feed } = this.#services
    const result = await scan(feed, this.#spec.request, { ...position, number: from }, size)
    const key = `${from} to ${result.scannedTo.number} ${history}`
    return new Batch(result, (entries) => this.#beginBatch(key, entries, history))
  }

  #beginBatch(contextKey: string, entries: readonly FeedEntry[], history: number): FrameMaking {
    const { feed, frames } = this.#services
    const papers = entries.length > 1 ? [...new Set(entries.map(({ paperId }) => paperId))] : undefined
    const { execute, end } = this.#beginMaking(contextKey, papers)
    return {
      end,
      frameOf: (entry, previous, isAlone) => {
        const make = () => {
          this.executions += 1
          return execute(deliverEvent(feed, entry, previous), entry.position)
        }
        return isAlone ? make() : frames.get(this.#frameKey(entry.number, previous, history), make)
      },
    }
  }

  /** What is executed until the end shares a context. `contextKey` names its events, which are of `papers`. */
  #beginMaking(contextKey: string, papers?: readonly number[]) {
    const { contexts, format } = this.#services
    const { operation, viewer, encoding, eventCost } = this.#spec
    const shared = contexts.take(viewer, contextKey, papers)
    const scope = scopeOfSubscriptions()
    this.#scopes.add(scope)
    const written = ({ result, values }: Executed, delivery: Delivery, position: Position): Frame => {
      this.spent += Math.min(eventCost.cost, eventCost.work + values * usedByValue)
      const frame = frameOf(
        encoding.encode(result, delivery),
        position,
        delivery.entry?.position.recordedAtMs,
      )
      this.#batchSize.made(frame)
      return frame
    }
    return {
      execute: (delivery: Delivery, position: Position): Pending<Frame> => {
        const executed = scope.run(() => executeDelivery(operation, delivery, shared.context, format))
        return isPromise(executed)
          ? executed.then((settled) => written(settled, delivery, position))
          : written(executed, delivery, position)
      },
      end: () => {
        this.#scopes.delete(scope)
        contexts.release(shared)
        operation.rest()
      },
    }
  }
}
