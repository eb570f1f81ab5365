import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import type { Context } from '../../schema/core/context.ts'
import { ApiError } from '../../schema/core/errors.ts'
import { FeedSubscription } from '../../schema/feed/subscription.ts'
import { Admission, defaultLimits, type SubscriptionLimits } from './admission.ts'
import type { Page } from './batch.ts'
import { Contexts } from './contexts.ts'
import type { Format } from './execution.ts'
import type { Frame, Sink, Subscription } from './frame.ts'
import { shapeKey, showsPrevious, topicKey } from './operation.ts'
import { Shelf } from './shared-cache.ts'
import { Topic } from './topic.ts'

export interface HubOptions {
  readonly db: Db
  readonly feed: Feed
  readonly format: Format
  readonly limits?: Partial<SubscriptionLimits> | undefined
  /** Milliseconds that a client may take nothing before it is let go. Default 60,000. */
  readonly stallAfter?: number | undefined
  /** Characters of results kept for subscribers who are behind. Default 32 Mi. */
  readonly cache?: number | undefined
}

/** A subscription operation to open, checked and parsed. */
export type OpenArgs = Omit<ExecutionArgs, 'contextValue'> & { contextValue: Context }

/**
 * All subscriptions of one instance. Those of the same document, variables and rights are one topic, executed
 * once an event and serialised once, over whatever transports its subscribers came.
 */
export interface Hub {
  readonly admission: Admission
  /** What is held, for tests and metrics. */
  readonly held: HubHeld
  /**
   * Opens a subscription whose results go to the sink. Resolves with a result of errors where it is refused: a bad
   * cursor, bad arguments, too many of them, a server that is stopping.
   */
  open(
    args: OpenArgs,
    address: string,
    makeSink: (subscription: Subscription) => Sink,
  ): Promise<Subscription | ExecutionResult>
  /** Ends all subscriptions, telling each where it stands and when to come back, and takes no new one. */
  drain(spreadMs: number): Promise<void>
}

export interface HubHeld {
  readonly topics: number
  readonly subscriptions: number
  readonly addresses: number
  /** Subscriptions whose clients take nothing for now. */
  readonly stalled: number
  readonly contexts: number
  readonly pages: { readonly count: number; readonly size: number }
  readonly frames: { readonly count: number; readonly size: number }
  /** Results made since the start. */
  readonly executions: number
}

const sweepEvery = 1000
const shelfAge = 2000

export function createHub(options: HubOptions): Hub {
  const { db, feed, format, stallAfter = 60_000, cache = 32 * 1024 * 1024 } = options
  const admission = new Admission({ ...defaultLimits, ...options.limits })
  const contexts = new Contexts(db, feed)
  const pages = new Shelf<Page>(shelfAge, 100_000)
  const frames = new Shelf<Frame>(shelfAge, cache)
  const topics = new Map<string, Topic>()
  const parts = { feed, contexts, pages, frames, format }
  let draining = false
  let pastExecutions = 0

  const stopWatching = feed.watch(() => {
    for (const topic of topics.values()) topic.wake()
  })
  const sweep = setInterval(
    () => {
      pages.sweep()
      frames.sweep()
      const oldest = Date.now() - stallAfter
      for (const topic of topics.values()) {
        for (const member of topic.members) {
          if (member.fullSince !== undefined && member.fullSince <= oldest) {
            member.end({ kind: 'stalled', cursor: member.cursor() })
          }
        }
      }
    },
    Math.min(sweepEvery, stallAfter),
  ).unref()

  function topicFor(args: OpenArgs, { request }: FeedSubscription): Topic {
    const { viewer } = args.contextValue
    const key = `${viewer.sharingKey}\n${topicKey(args)}`
    let topic = topics.get(key)
    if (!topic) {
      const { schema, document, operationName, variableValues } = args
      const operation = { schema, document, operationName, variableValues }
      const shape = `${viewer.sharingKey} ${shapeKey(args)}`
      const subject = { key, operation, viewer, request, shape, chained: showsPrevious(args) }
      topic = new Topic(subject, parts, (empty) => {
        topics.delete(key)
        pastExecutions += empty.executions
      })
      topics.set(key, topic)
    }
    return topic
  }

  return {
    admission,
    get held() {
      let executions = pastExecutions
      let stalled = 0
      for (const topic of topics.values()) {
        executions += topic.executions
        for (const { fullSince } of topic.members) if (fullSince !== undefined) stalled += 1
      }
      const caches = { contexts: contexts.held, pages: pages.held, frames: frames.held }
      return { topics: topics.size, ...admission.held, stalled, ...caches, executions }
    },
    async open(args, address, makeSink) {
      let leave: (() => void) | undefined
      try {
        if (draining) throw shuttingDown()
        leave = admission.enter(address)
        const stream = await createSourceEventStream(args)
        if (!(stream instanceof FeedSubscription)) {
          leave()
          if (Symbol.asyncIterator in stream)
            throw new Error('The hub serves subscriptions to the feed alone.')
          return stream
        }
        // The drain may have begun while the cursor was checked.
        if (draining) throw shuttingDown()
        return topicFor(args, stream).join(stream.start, makeSink, leave)
      } catch (error) {
        leave?.()
        if (error instanceof ApiError) return { errors: [error] }
        throw error
      }
    },
    async drain(spreadMs) {
      draining = true
      await Promise.all([...topics.values()].map((topic) => topic.drain(spreadMs)))
      clearInterval(sweep)
      stopWatching()
    },
  }
}

function shuttingDown(): ApiError {
  return new ApiError(
    'SHUTTING_DOWN',
    'This server is about to stop. Connect again: another one, or the next, answers.',
  )
}
