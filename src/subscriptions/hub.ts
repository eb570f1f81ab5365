import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import type { Context } from '../../schema/core/context.ts'
import { ApiError } from '../../schema/core/errors.ts'
import { lapsed } from '../../schema/core/rights.ts'
import { FeedSubscription } from '../../schema/feed/subscription.ts'
import { clientError } from '../client-errors.ts'
import { ClientPoints } from '../client-points.ts'
import { type Clock, every } from '../clock.ts'
import { prepareOperation } from '../execution/execute.ts'
import { Admission, type Subscriber, type SubscriptionLimits } from './admission.ts'
import type { Batch } from './batch.ts'
import { Contexts } from './contexts.ts'
import type { Format } from './execution.ts'
import type { Frame, Sink, Subscription } from './frame.ts'
import { type Encoding, graphqlEncoding } from './frame-builder.ts'
import { type FeedMeter, type FeedTransport, noMeter } from './meter.ts'
import { eventCost, shapeKey, showsPrevious, topicKey } from './operation.ts'
import { SharedCache } from './shared-cache.ts'
import { Topic, type TopicServices } from './topic.ts'

export interface HubOptions {
  readonly db: Db
  readonly feed: Feed
  readonly format: Format
  readonly limits: SubscriptionLimits
  /** The default limits nobody. */
  readonly points?: ClientPoints
  /** The default counts nothing. */
  readonly meter?: FeedMeter
  /** Milliseconds that a client may take nothing before it is disconnected. */
  readonly stallAfterMs: number
  readonly clock: Clock
}

/** A subscription operation to open, checked and parsed. */
export type OpenArgs = Omit<ExecutionArgs, 'contextValue'> & { contextValue: Context }

/** What a hub holds, for tests and metrics. */
export interface HubHeld {
  readonly topics: number
  readonly subscriptions: number
  readonly clients: number
  /** Subscriptions whose clients take nothing for now. */
  readonly stalled: number
  readonly contexts: number
  /** Batches, and events in them. */
  readonly batches: { readonly count: number; readonly size: number }
  /** Frames, and characters in them. */
  readonly frames: { readonly count: number; readonly size: number }
  /** Results executed since the start. */
  readonly executions: number
}

const sweepIntervalMs = 1_000
/** Frames show papers as they are now, so those who share one must ask within a moment. */
const maxAgeMs = 2_000
const maxBatchEvents = 100_000
const maxFrameCharacters = 32 * 1024 * 1024

/**
 * All subscriptions of one server. Those of the same document, variables and rights are one topic, executed
 * once an event and serialised once, over whatever transports its subscribers came.
 */
export class Hub {
  readonly #admission: Admission
  readonly #services: TopicServices
  readonly #topics = new Map<string, Topic>()
  readonly #topicsOfShape = new Map<string, number>()
  #lastTopicId = 0
  readonly #stallAfterMs: number
  readonly #stop = new AbortController()
  readonly #stopWatching: () => void
  readonly #stopSweeping: () => void
  #draining = false
  /** Of topics that have ended. */
  #pastExecutions = 0

  constructor({ db, feed, format, limits, points, meter, stallAfterMs, clock }: HubOptions) {
    this.#admission = new Admission(limits)
    this.#stallAfterMs = stallAfterMs
    this.#services = {
      ...{ feed, format, clock, signal: this.#stop.signal },
      topicsOfShape: this.#topicsOfShape,
      points: points ?? new ClientPoints({ burst: 0, perSecond: 1 }),
      meter: meter ?? noMeter,
      contexts: new Contexts(db, feed),
      batches: new SharedCache<Batch>({ maxAgeMs, maxSize: maxBatchEvents, clock }),
      frames: new SharedCache<Frame>({ maxAgeMs, maxSize: maxFrameCharacters, clock }),
    }
    this.#stopWatching = feed.watch(() => {
      for (const topic of this.#topics.values()) topic.wake()
    })
    this.#stopSweeping = every(clock, sweepIntervalMs, () => this.#sweep())
  }

  get held(): HubHeld {
    const { contexts, batches, frames } = this.#services
    let executions = this.#pastExecutions
    let stalled = 0
    for (const topic of this.#topics.values()) {
      executions += topic.executions
      for (const { fullSince } of topic.members) if (fullSince !== undefined) stalled += 1
    }
    return {
      ...{ topics: this.#topics.size, ...this.#admission.held, stalled, executions },
      ...{ contexts: contexts.held, batches: batches.held, frames: frames.held },
    }
  }

  /** Who reads the feed, by transport: subscriptions, and how many events the last of them is behind the head. */
  get readers(): ReadonlyMap<FeedTransport, { readonly count: number; readonly lag: number }> {
    const { head } = this.#services.feed
    const readers = new Map<FeedTransport, { count: number; lag: number }>()
    for (const topic of this.#topics.values())
      for (const { transport, cohort, place } of topic.members) {
        const { count, lag } = readers.get(transport) ?? { count: 0, lag: 0 }
        const behind = head.number - (cohort ?? place).position.number
        readers.set(transport, { count: count + 1, lag: Math.max(lag, behind) })
      }
    return readers
  }

  /**
   * Opens a subscription whose results go to the sink. Resolves with a result of errors where it is refused: a bad
   * cursor, bad arguments, too many subscriptions, a server that is stopping.
   */
  async open(
    args: OpenArgs,
    subscriber: Subscriber,
    makeSink: (subscription: Subscription) => Sink,
    encoding: Encoding = graphqlEncoding,
  ): Promise<Subscription | ExecutionResult> {
    let leave: (() => void) | undefined
    try {
      this.#refuseWhileDraining()
      leave = this.#admission.enter(subscriber)
      const stream = await createSourceEventStream(args)
      if (!(stream instanceof FeedSubscription)) {
        leave()
        if (Symbol.asyncIterator in stream) throw new Error('The hub serves only subscriptions to the feed.')
        this.#services.meter.refused(String(clientError(stream.errors?.[0]).extensions.code))
        return stream
      }
      const { history } = this.#services.feed
      // The drain may have begun while the cursor was checked.
      this.#refuseWhileDraining()
      const place = { position: stream.start, previous: stream.start, history }
      const { viewer } = args.contextValue
      const joining = { place, client: subscriber.client, makeSink, lapse: viewer.lapse }
      return this.#topicFor(args, stream, encoding).join(joining, leave)
    } catch (error) {
      leave?.()
      if (!(error instanceof ApiError)) throw error
      this.#services.meter.refused(String(error.extensions.code))
      return { errors: [error] }
    }
  }

  /** Ends all subscriptions, each with its cursor and when to come back within `spreadMs`, and takes no new one. */
  async drain(spreadMs: number): Promise<void> {
    this.#draining = true
    await Promise.all([...this.#topics.values()].map((topic) => topic.drain(spreadMs)))
    this.#stopSweeping()
    this.#stopWatching()
    this.#stop.abort()
  }

  #topicFor(args: OpenArgs, { request }: FeedSubscription, encoding: Encoding): Topic {
    const { viewer } = args.contextValue
    const key = `${encoding.name} ${viewer.sharingKey}\n${topicKey(args)}`
    const known = this.#topics.get(key)
    if (known) return known
    const spec = {
      ...{ id: ++this.#lastTopicId, viewer, encoding, request, operation: prepareOperation(args) },
      shapeKey: `${encoding.name} ${viewer.sharingKey} ${shapeKey(args)}`,
      showsPrevious: showsPrevious(args),
      eventCost: eventCost(args),
    }
    const topic = new Topic(spec, this.#services, ({ executions }) => {
      this.#topics.delete(key)
      this.#countShape(spec.shapeKey, -1)
      this.#pastExecutions += executions
    })
    this.#topics.set(key, topic)
    this.#countShape(spec.shapeKey, 1)
    return topic
  }

  #countShape(shapeKey: string, change: 1 | -1): void {
    const topics = (this.#topicsOfShape.get(shapeKey) ?? 0) + change
    if (topics > 0) this.#topicsOfShape.set(shapeKey, topics)
    else this.#topicsOfShape.delete(shapeKey)
  }

  /** Drops old results, and ends subscriptions whose clients take nothing for too long or have lost their rights. */
  #sweep(): void {
    const { batches, frames, clock } = this.#services
    batches.dropOld()
    frames.dropOld()
    const latest = clock.now().getTime() - this.#stallAfterMs
    for (const topic of this.#topics.values())
      for (const member of topic.members) {
        const lapse = member.lapse?.()
        if (lapse) member.end({ kind: 'failed', error: lapsed(lapse, member.cursor()) })
        else if (member.fullSince !== undefined && member.fullSince <= latest)
          member.end({ kind: 'stalled', cursor: member.cursor() })
      }
  }

  #refuseWhileDraining(): void {
    if (!this.#draining) return
    throw new ApiError(
      'SHUTTING_DOWN',
      'This server is about to stop. Connect again, to this server or to another one.',
    )
  }
}
