import { type GraphQLSchema, visit } from 'graphql'
import type { Db } from '../../db/database.ts'
import { deliverEvent } from '../../db/feed/delivery.ts'
import type { FeedEntry } from '../../db/feed/events.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { createContext } from '../../schema/core/context.ts'
import type { Clock } from '../clock.ts'
import { prepareOperation } from '../execution/execute.ts'
import { executeDelivery, type Format, scopeOfSubscriptions } from '../subscriptions/execution.ts'
import { eventJson, feedDocument } from '../subscriptions/feed-document.ts'
import { SharedCache } from '../subscriptions/shared-cache.ts'

export interface EventBodiesOptions {
  readonly schema: GraphQLSchema
  readonly db: Db
  readonly feed: Feed
  /** How errors are shown and results limited. */
  readonly format: Format
  readonly clock: Clock
}

/** An event as JSON without `previousCursor`, which differs by endpoint. */
interface EventBody {
  readonly json: string
  readonly size: number
}

const maxAgeMs = 2_000
const maxCharacters = 8 * 1024 * 1024

/** The document of `/feed` without what differs by receiver, so that one execution serves all endpoints. */
const document = visit(feedDocument, {
  Field: ({ name }) => (name.value === 'previousCursor' ? null : undefined),
})

/** Events as `/feed` sends them, each executed once for all endpoints that want it at about the same time. */
export class EventBodies {
  readonly #options: EventBodiesOptions
  readonly #operation: ReturnType<typeof prepareOperation>
  readonly #cache: SharedCache<EventBody>
  /** Events executed so far, for tests. */
  executions = 0

  constructor(options: EventBodiesOptions) {
    this.#options = options
    const variableValues = { after: 'NOW', heartbeat: 30 }
    this.#operation = prepareOperation({ schema: options.schema, document, variableValues })
    this.#cache = new SharedCache({ maxAgeMs, maxSize: maxCharacters, clock: options.clock })
  }

  /**
   * One event. Throws OutageError where the database cannot answer for now, and UndeliverableError where nothing of the
   * event can be shown.
   */
  async of(entry: FeedEntry, previousCursor: string): Promise<string> {
    const { feed } = this.#options
    // Another history may have another event of the same number.
    const key = `${entry.number} ${entry.position.mark} ${feed.history}`
    const { json } = await this.#cache.get(key, () => this.#execute(entry))
    return `{"previousCursor":${JSON.stringify(previousCursor)},${json.slice(1)}`
  }

  /** Drops what is too old; to be called now and then. */
  dropOld(): void {
    this.#cache.dropOld()
  }

  async #execute(entry: FeedEntry): Promise<EventBody> {
    const { db, feed, format } = this.#options
    this.executions += 1
    const delivery = deliverEvent(feed, entry, entry.position)
    const { result } = await scopeOfSubscriptions().run(() =>
      executeDelivery(this.#operation, delivery, createContext({ db, feed }), format),
    )
    const json = eventJson(result)
    if (json === undefined) throw new Error(`Event ${entry.number} has no result.`)
    return { json, size: json.length }
  }
}
