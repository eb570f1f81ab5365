import type { Db } from '../db/database.ts'
import type { Feed } from '../db/feed/index.ts'

/** Who asks, as far as answers depend on it. */
export interface Viewer {
  /** Holds a write token. */
  readonly canWrite: boolean
  /** Viewers of one key see the same answers, so that one execution may serve them all. */
  readonly sharingKey: string
}

/** Anybody: reads only. */
export const anonymous: Viewer = Object.freeze({ canWrite: false, sharingKey: 'anonymous' })

/**
 * What one operation is answered from. Loaders remember by context object: a subscription needs a new one for each
 * event, or `forgetLoaded` between them, or it serves yesterday's rows and grows without end.
 */
export interface Context {
  readonly db: Db
  readonly feed: Feed
  readonly viewer: Viewer
}

export type ContextParts = Pick<Context, 'db' | 'feed'> & Partial<Pick<Context, 'viewer'>>

export function createContext({ db, feed, viewer = anonymous }: ContextParts): Context {
  return { db, feed, viewer }
}
