import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { type Context, createContext, type Viewer } from '../../schema/core/context.ts'

export interface SharedContext {
  readonly key: string
  readonly context: Context
  users: number
}

/**
 * Contexts for executing the events of a batch: new ones each time, for loaders remember, but shared by all topics
 * that execute the same events at the same moment with the same rights. A thousand filters that let one paper
 * through read it once.
 */
export class Contexts {
  readonly #db: Db
  readonly #feed: Feed
  readonly #inUse = new Map<string, SharedContext>()

  constructor(db: Db, feed: Feed) {
    this.#db = db
    this.#feed = feed
  }

  get held(): number {
    return this.#inUse.size
  }

  /**
   * The context of what `events` names, e.g. the positions of a batch, whose papers are `papersAhead`. To be given back
   * with `release`.
   */
  take(viewer: Viewer, events: string, papersAhead?: readonly number[]): SharedContext {
    const key = `${events} ${viewer.sharingKey}`
    let entry = this.#inUse.get(key)
    if (!entry) {
      const context = createContext({ db: this.#db, feed: this.#feed, viewer, papersAhead })
      entry = { key, context, users: 0 }
      this.#inUse.set(key, entry)
    }
    entry.users += 1
    return entry
  }

  release(entry: SharedContext): void {
    entry.users -= 1
    if (entry.users === 0) this.#inUse.delete(entry.key)
  }
}
