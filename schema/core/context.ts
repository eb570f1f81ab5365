import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import type { PaperRecord, Rejection } from '../../db/model/record.ts'

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
 * Judges a record that a client pushes by the rules that hold for every source; what it gives may be written.
 * Null and absent are the same.
 */
export type Intake = (input: unknown) => { record: PaperRecord } | { rejection: Omit<Rejection, 'position'> }

/**
 * What one operation is answered from. Loaders remember by context object: a subscription needs new ones as
 * it goes on, or it serves yesterday's rows and grows without end.
 */
export interface Context {
  readonly db: Db
  readonly feed: Feed
  readonly viewer: Viewer
  readonly intake: Intake
}

export type ContextParts = Pick<Context, 'db' | 'feed'> & Partial<Pick<Context, 'viewer' | 'intake'>>

export function createContext({ db, feed, viewer = anonymous, intake = nothing }: ContextParts): Context {
  return { db, feed, viewer, intake }
}

/** Where only queries and subscriptions are executed. */
const nothing: Intake = () => ({ rejection: { reason: 'This server accepts no papers.' } })
