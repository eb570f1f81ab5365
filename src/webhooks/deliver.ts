import { setTimeout as sleep } from 'node:timers/promises'
import { FeedCursorError } from '../../db/feed/cursor.ts'
import type { FeedEntry } from '../../db/feed/events.ts'
import type { Feed } from '../../db/feed/feed.ts'
import type { Position } from '../../db/feed/position.ts'
import { type FeedRequest, scan } from '../../db/feed/scan.ts'
import type { FeedEventKind } from '../../db/feed-tables.ts'
import type { WorkControl } from '../../db/outbox/worker.ts'
import { canonicalFilter } from '../../db/search/filter.ts'
import type { WebhookRow } from '../../db/webhook-tables.ts'
import type { MovedTo, WebhookOutcome } from '../../db/webhooks/record.ts'
import type { OutcomeRecorder } from '../../db/webhooks/recorder.ts'
import type { Clock } from '../clock.ts'
import { isTransient } from '../faults.ts'
import type { EventBodies } from './event-bodies.ts'
import { chatMessage, eventMessage, papersPerMessage, resetMessage, type WebhookMessage } from './messages.ts'
import type { ChatEvent } from './paper-cards.ts'
import type { Poster } from './post.ts'
import { afterFailure } from './retries.ts'
import { sendMessage } from './send.ts'

export interface DeliveryServices {
  readonly feed: Feed
  readonly bodies: EventBodies
  readonly poster: Poster
  readonly recorder: OutcomeRecorder
  readonly clock: Clock
  /** How long chats wait for further papers after the first. */
  readonly gatherMs: number
  /** An attempt was made, by an endpoint as it was before. */
  readonly onAttempt?: (webhook: WebhookRow, outcome: AttemptOutcome) => void
}

export type AttemptOutcome = Pick<WebhookOutcome, 'attempt' | 'disabledWhy'>

/** Events that are looked at in one go, and how often before others get their turn. */
const scanSize = 64
const maxScans = 64
/** Between two messages to one chat. */
const chatPauseMs = 1_000
/** Between attempts to record what was done, while the database is away. */
const recordRetryMs = 500

/** Delivers to an endpoint what it has not been told yet, in order, and records each delivery. */
export async function deliverTo(
  webhook: WebhookRow,
  control: WorkControl,
  services: DeliveryServices,
): Promise<void> {
  const delivery = new Delivery(webhook, control, services)
  try {
    await delivery.run()
  } catch (error) {
    if (!(error instanceof FeedCursorError) || error.restartFrom === undefined) throw error
    await delivery.tellReset(error, error.restartFrom)
  }
}

class Delivery {
  readonly #webhook: WebhookRow
  readonly #control: WorkControl
  readonly #services: DeliveryServices
  /** The endpoint accepted the event there last. */
  #deliveredCursor: string

  constructor(webhook: WebhookRow, control: WorkControl, services: DeliveryServices) {
    this.#webhook = webhook
    this.#control = control
    this.#services = services
    this.#deliveredCursor = webhook.delivered_cursor
  }

  async run(): Promise<void> {
    const { feed } = this.#services
    let position = await feed.position(this.#webhook.cursor)
    const { history } = feed
    // Whoever looked for work may have seen more of the log than this server has read.
    if (position.number >= feed.head.number) await feed.refresh()
    const deliver = this.#webhook.format === 'standard' ? this.#deliverEach : this.#deliverGathered
    const request = requestOf(this.#webhook, feed)
    for (let scans = 0; scans < maxScans && position.number < feed.head.number; scans++) {
      feed.assertShared(position, history)
      const { entries, scannedTo } = await scan(feed, request, position, scanSize)
      if (!(await deliver.call(this, entries))) return
      position = scannedTo
    }
    await this.#record({ movedTo: this.#at(position), dueInMs: 0 })
  }

  /** Each event by itself. Returns whether all were accepted and the claim is still ours. */
  async #deliverEach(entries: readonly FeedEntry[]): Promise<boolean> {
    const { bodies, feed } = this.#services
    for (const entry of entries) {
      if (!this.#control.mayBegin()) return false
      const cursor = feed.cursor(entry.position)
      const json = await bodies.of(entry, this.#deliveredCursor)
      const message = eventMessage(entry.kind, { cursor, recordedAt: entry.recordedAt, json })
      if (!(await this.#send(message, entry.position, 1))) return false
    }
    return true
  }

  /** Several events in one message, when the first has waited for long enough or there are enough of them. */
  async #deliverGathered(entries: readonly FeedEntry[]): Promise<boolean> {
    const webhook = this.#webhook
    const { bodies, feed, clock, gatherMs } = this.#services
    const [first] = entries
    if (!first || webhook.format === 'standard') return true
    const together = entries.slice(0, papersPerMessage)
    const waitedMs = clock.now().getTime() - first.recordedAt.getTime()
    if (together.length < papersPerMessage && waitedMs < gatherMs) {
      await this.#record({ dueInMs: Math.min(gatherMs, gatherMs - waitedMs) })
      return false
    }
    if (!this.#control.mayBegin()) return false
    const last = together.at(-1) ?? first
    const cursor = feed.cursor(last.position)
    const texts = await Promise.all(together.map((entry) => bodies.of(entry, this.#deliveredCursor)))
    const events = texts.map((text): ChatEvent => JSON.parse(text))
    const message = chatMessage(webhook.format, events, cursor)
    // One message for each claim: a chat takes one in a second.
    await this.#send(message, last.position, together.length, chatPauseMs)
    return false
  }

  /** Tells the endpoint that the log has no more what followed its position, and goes on where the error says. */
  async tellReset(error: FeedCursorError, restartFrom: string): Promise<void> {
    if (!this.#control.mayBegin()) return
    const { feed, clock } = this.#services
    const position = await feed.position(restartFrom)
    const message = resetMessage(this.#webhook.format, error, this.#deliveredCursor, clock.now())
    await this.#send(message, position, 0, 0)
  }

  /** Sends a message and records what came of it. `dueInMs` ends the claim. Returns whether to go on. */
  async #send(
    message: WebhookMessage,
    position: Position,
    delivered: number,
    dueInMs?: number,
  ): Promise<boolean> {
    const { poster, clock } = this.#services
    const webhook = this.#webhook
    const sent = await sendMessage(poster, webhook, message, clock, this.#control.signal)
    const { attempt } = sent
    const before = this.#failing()
    const hasSucceeded = attempt.error === null
    const chance = { now: clock.now(), random: clock.random() }
    const consequence = hasSucceeded ? {} : afterFailure(before, sent, chance)
    this.#services.onAttempt?.({ ...webhook, ...before }, { attempt, ...consequence })
    if (!hasSucceeded) {
      await this.#record({ attempt, ...consequence })
      return false
    }
    this.#deliveredCursor = this.#services.feed.cursor(position)
    const movedTo = this.#at(position)
    return this.#record({ movedTo, attempt, delivered, ...(dueInMs !== undefined && { dueInMs }) })
  }

  /** A success of this claim has ended what had failed before. */
  #failing() {
    const hasSucceeded = this.#deliveredCursor !== this.#webhook.delivered_cursor
    return hasSucceeded ? { failures: 0, failing_since: null } : this.#webhook
  }

  #at(position: Position): MovedTo {
    const { feed } = this.#services
    return {
      ...{ cursor: feed.cursor(position), position: position.number },
      deliveredCursor: this.#deliveredCursor,
    }
  }

  /** Records an outcome, however long the database is away: what was delivered must not be delivered again. */
  async #record(outcome: Omit<WebhookOutcome, 'claim'>): Promise<boolean> {
    const { recorder } = this.#services
    const whole = { claim: this.#webhook, ...outcome }
    for (;;) {
      try {
        return await recorder.record(whole)
      } catch (error) {
        if (this.#control.signal.aborted || !isTransient(error)) throw error
        await sleep(recordRetryMs, undefined, { signal: this.#control.signal }).catch(() => {})
      }
    }
  }
}

/** Which events an endpoint wants. */
function requestOf({ kinds, filter }: WebhookRow, feed: Feed): FeedRequest {
  return {
    kinds: kinds === null ? undefined : new Set(kinds as FeedEventKind[]),
    match: feed.matching(canonicalFilter(filter)),
  }
}
