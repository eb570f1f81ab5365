import type { Db } from '../db/database.ts'

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
 * What one operation is answered from. A subscription needs a new one for each event: the loaders of Pothos
 * remember by context object, and would otherwise serve yesterday's rows and grow without end.
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

export type Feed = unknown
