import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { type Context, createContext, type Viewer } from '../../schema/core/context.ts'

/**
 * Contexts for executing the events of a batch: new ones each time, for loaders remember, but shared by all topics
 * that execute the same events at the same moment with the same rights. A thousand filters that let one paper
 * through read it once.
 */
export class Contexts {
  readonly #db: Db
  readonly #feed: Feed
  readonly #inUse = new Map<string, { context: Context; users: number }>()

  constructor(db: Db, feed: Feed) {
    this.#db = db
    this.#feed = feed
  }

  get held(): number {
    return this.#inUse.size
  }

  /** Runs with the context of what `events` names, e.g. the positions of a batch. */
  async with<Result>(
    viewer: Viewer,
    events: string,
    run: (context: Context) => Promise<Result>,
  ): Promise<Result> {
    const key = `${events} ${viewer.sharingKey}`
    let entry = this.#inUse.get(key)
    if (!entry) {
      entry = { context: createContext({ db: this.#db, feed: this.#feed, viewer }), users: 0 }
      this.#inUse.set(key, entry)
    }
    entry.users += 1
    try {
      return await run(entry.context)
    } finally {
      entry.users -= 1
      if (entry.users === 0) this.#inUse.delete(key)
    }
  }
}
