import { initContextCache } from '@pothos/core'
import type { AccessRole } from '../../db/access-tables.ts'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import type { PaperRecord, Rejection } from '../../db/model/record.ts'
import type { ExecutionBudget } from './execution-budget.ts'
import type { WebhookDoor } from './webhook-door.ts'

/** Who asks, as far as answers depend on it. */
export interface Viewer {
  /** What the sender may do; null for nothing. */
  readonly role: AccessRole | null
  /** Viewers of one key see the same answers, so that one execution may serve them all. */
  readonly sharingKey: string
  /** Which token it is, for accounting. Undefined without a valid one. */
  readonly token?: string
  /** What its operator calls it, if it has a name of its own: one name can belong to two tokens, one after the other. */
  readonly tokenName?: string
  /** Why the token that was sent gives no rights. */
  readonly tokenFault?: TokenFault
  /** Why the rights have ended since they were looked up; undefined while they hold. Absent if they cannot end. */
  readonly lapse?: () => Lapse | undefined
}

export type Lapse = 'expired' | 'revoked'
/** `unchecked`: the database could not say. `unchecked-by-issuer`: the keys of the issuer could not be read. */
export type TokenFault = Lapse | 'unknown' | 'unchecked' | 'unchecked-by-issuer'

/** Anybody, where reading requires no token. */
export const anonymous: Viewer = Object.freeze({ role: 'read', sharingKey: 'anonymous' })

/**
 * Judges a record that a client pushes by the rules that hold for every source; what it gives may be written.
 * Null and absent are the same.
 */
export type Intake = (input: unknown) => { record: PaperRecord } | { rejection: Omit<Rejection, 'position'> }

/** Which token wrote how many records, and what became of them. */
export interface WriteReport {
  readonly token: string | undefined
  readonly records: number
  readonly new: number
  readonly changed: number
  readonly unchanged: number
  readonly rejected: number
}

/**
 * What one operation is answered from. Loaders remember by context object: a subscription needs new ones as
 * it goes on, or it serves yesterday's rows and grows without end.
 */
export interface Context {
  readonly db: Db
  readonly feed: Feed
  readonly viewer: Viewer
  readonly intake: Intake
  /** Says that mail was promised, so that it is sent soon. Undefined where no digest is sent. */
  readonly onMailPromised?: (() => void) | undefined
  /** Told of each write, for the log of the operator. */
  readonly onWrite?: ((report: WriteReport) => void) | undefined
  /** Absent where only queries and subscriptions are executed. */
  readonly webhooks?: WebhookDoor | undefined
  /** Papers that this context will be asked for, to be read with the first of them; see schema/feed/read-ahead.ts. */
  readonly papersAhead?: readonly number[] | undefined
  /** What the execution may take; without one, it is not limited. */
  readonly budget?: ExecutionBudget
}

export type ContextParts = Pick<Context, 'db' | 'feed'> &
  Partial<Pick<Context, 'viewer' | 'intake' | 'webhooks' | 'papersAhead'>>

export function createContext({
  db,
  feed,
  viewer = anonymous,
  intake = nothing,
  webhooks,
  papersAhead,
}: ContextParts): Context {
  return { ...initContextCache(), db, feed, viewer, intake, webhooks, papersAhead }
}

/** A context for one execution, which shares what was loaded for the context given. */
export function withBudget(context: Context, budget: ExecutionBudget): Context {
  return { ...context, budget }
}

/** The same context on another database, or on a transaction of it: nothing that was loaded before is used. */
export function onDatabase(context: Context, db: Db): Context {
  return { ...context, ...initContextCache(), db }
}

/** Where only queries and subscriptions are executed. */
const nothing: Intake = () => ({ rejection: { reason: 'This server accepts no papers.' } })
