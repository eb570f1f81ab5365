import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Position } from '../../db/feed/position.ts'
import type { Viewer } from '../../schema/core/context.ts'
import type { ClientPoints } from '../client-points.ts'
import { turnOf } from '../client-turns.ts'
import { type Clock, every } from '../clock.ts'
import type { Batch } from './batch.ts'
import { OutageError, UndeliverableError } from './execution.ts'
import type { EndReason, Frame, Sink, Subscription } from './frame.ts'
import { FrameBuilder, type FrameServices, type TopicSpec } from './frame-builder.ts'
import { Heartbeats } from './heartbeats.ts'
import { type BegunBatch, Cohort, Member, type Place, type TopicHandle } from './member.ts'
import type { FeedMeter, FeedTransport } from './meter.ts'

export interface TopicServices extends FrameServices {
  readonly clock: Clock
  readonly points: ClientPoints
  readonly meter: FeedMeter
  /** How many topics there are of each shape. */
  readonly topicsOfShape: ReadonlyMap<string, number>
  /** Aborts when the hub has ended. */
  readonly signal: AbortSignal
}

/** Frames written before other work of the process gets its turn. */
const framesPerTurn = 4096
const maxRetryDelayMs = 5_000
/** For an event that cannot be delivered: each attempt is logged. */
const maxFailureDelayMs = 60_000

/** A subscriber to be. */
export interface Joining {
  readonly place: Place
  /** Who pays for what is executed for it. */
  readonly client: string
  readonly makeSink: (subscription: Subscription) => Sink
  /** Why its rights have ended; absent if they cannot. */
  readonly lapse: Viewer['lapse']
}

/**
 * One distinct subscription with all its subscribers. Backfill, catching up and being at the head are one loop, `#run`:
 * a cohort reads on from its position until it is parked at the head; parked cohorts of one place become one.
 */
export class Topic implements TopicHandle {
  readonly #services: TopicServices
  readonly #onEmpty: (topic: Topic) => void
  readonly #members = new Set<Member>()
  readonly #parked = new Map<string, Cohort>()
  /** Cohorts that wait for what comes next; in an outage that takes long. */
  readonly #waiting = new Set<Cohort>()
  readonly #stopHeartbeats: (() => void) | undefined
  readonly #builder: FrameBuilder
  readonly #heartbeats: Heartbeats
  readonly #shapeKey: string

  constructor(spec: TopicSpec, services: TopicServices, onEmpty: (topic: Topic) => void) {
    this.#services = services
    this.#builder = new FrameBuilder(spec, services)
    this.#onEmpty = onEmpty
    this.#shapeKey = spec.shapeKey
    this.#heartbeats = new Heartbeats(spec, this.#builder, services.feed)
    const { everyMs } = this.#heartbeats
    if (everyMs !== undefined)
      this.#stopHeartbeats = every(services.clock, everyMs, () => {
        this.#runParked({ heartbeat: true })
        for (const cohort of this.#waiting)
          void this.#heartbeats.reassure(cohort, () => this.#waiting.has(cohort)).catch(() => {})
      })
  }

  /** Results executed so far, for tests. */
  get executions(): number {
    return this.#builder.executions
  }

  get members(): ReadonlySet<Member> {
    return this.#members
  }

  /** `onEnd` is called once, however the subscription ends. */
  join({ place, client, makeSink, lapse }: Joining, onEnd: () => void): Subscription {
    const member = new Member(this, makeSink, place, client, onEnd, lapse)
    this.#members.add(member)
    this.rejoin(member)
    return member
  }

  rejoin(member: Member): void {
    const cohort = new Cohort(member.place)
    cohort.add(member)
    void this.#run(cohort)
  }

  remove(member: Member): void {
    this.#members.delete(member)
    if (this.#members.size > 0) return
    this.#stopHeartbeats?.()
    this.#parked.clear()
    this.#builder.abandon()
    this.#onEmpty(this)
  }

  cursor(position: Position): string {
    return this.#services.feed.cursor(position)
  }

  now(): number {
    return this.#services.clock.now().getTime()
  }

  ended(reason: EndReason['kind']): void {
    this.#services.meter.ended(reason)
  }

  /** The head has moved. */
  wake(): void {
    this.#runParked({ heartbeat: false })
  }

  /** Ends all subscriptions for a restart; each client is to come back within `spreadMs`. */
  async drain(spreadMs: number): Promise<void> {
    const { random } = this.#services.clock
    await Promise.all(
      [...this.#members].map(async (member) => {
        const { heartbeat, retryAfterMs } = await this.#heartbeats.last(member, spreadMs, random())
        if (heartbeat) member.write([heartbeat])
        member.end({ kind: 'restart', cursor: member.cursor(), retryAfterMs })
      }),
    )
  }

  async #run(cohort: Cohort): Promise<void> {
    const { feed, clock, signal } = this.#services
    for (let failures = 0; cohort.members.size > 0 && !feed.closed; ) {
      try {
        const { history } = cohort
        cohort.history = feed.history
        feed.assertShared(cohort.position, history)
        if (cohort.position.number < feed.head.number) await this.#advance(cohort)
        else if (cohort.needsHeartbeat) await this.#heartbeats.sendTo(cohort)
        else return this.#park(cohort)
        failures = 0
      } catch (error) {
        // What could not be read was lost with another history; `assertShared` says where that leaves them.
        if (feed.history !== cohort.history) continue
        const isFailure = error instanceof UndeliverableError
        if (isFailure) this.#reportFailure(cohort, error)
        else if (!this.#isOutage(error)) return this.#fail(cohort, error)
        failures += 1
        const maxDelayMs = isFailure ? maxFailureDelayMs : maxRetryDelayMs
        const delayMs = Math.min(maxDelayMs, 100 * 2 ** failures) * (0.5 + clock.random() / 2)
        this.#waiting.add(cohort)
        await clock.wait(delayMs, signal).catch(() => {})
      }
    }
    this.#waiting.delete(cohort)
  }

  async #advance(cohort: Cohort): Promise<void> {
    const { position } = cohort
    this.#waiting.add(cohort)
    const { spent } = this.#builder
    const begun = await this.#begun(cohort)
    const { batch } = begun
    if (cohort.isFlowing) this.#beginAfter(batch, cohort)
    const { frames, failure } = await begun.making
    this.#waiting.delete(cohort)
    const { size } = cohort.members
    await this.#write(cohort, frames)
    cohort.isFlowing = cohort.members.size === size
    if (!cohort.isFlowing) for (const unsent of [begun, cohort.next]) void this.#keep(unsent)
    const last = frames.at(-1)?.position
    cohort.position = failure ? (last ?? position) : batch.scannedTo
    cohort.previous = last ?? cohort.previous
    const waitMs = this.#charge(cohort, this.#builder.spent - spent)
    if (waitMs > 0) {
      // It would be old by then.
      cohort.next = undefined
      await this.#services.clock.wait(waitMs, this.#services.signal).catch(() => {})
    }
    if (failure) throw failure.reason
  }

  /** The batch after a cohort: what was begun while the last one was sent, if nothing came in between. */
  async #begun(cohort: Cohort): Promise<BegunBatch> {
    const next = await cohort.next
    cohort.next = undefined
    return next && cohort.isAt(next.place) ? next : this.#begin(cohort, cohort.isFlowing)
  }

  async #begin({ position, previous, history }: Place, isFlowing: boolean): Promise<BegunBatch> {
    const place = { position, previous, history }
    // A reader that is full comes back for the rest of a batch.
    const isAlone = isFlowing && this.#isAlone
    const turn = turnOf(() => this.#payer)
    if (turn) await turn
    const batch = await this.#builder.batchAfter(place)
    // Going back would send events twice, and staying would never end.
    if (batch.scannedTo.number <= position.number)
      throw new Error(`The batch after ${position.number} ends at ${batch.scannedTo.number}.`)
    return { place, batch, isAlone, making: batch.framesAfter(position, previous, isAlone) }
  }

  /** For a reader that was full and comes back. */
  async #keep(begun: BegunBatch | Promise<BegunBatch> | undefined): Promise<void> {
    const batch = await Promise.resolve(begun).catch(() => undefined)
    if (batch?.isAlone) this.#builder.keep((await batch.making).frames, batch.place)
  }

  /** Begins what follows a batch. */
  #beginAfter({ scannedTo: position, last }: Batch, cohort: Cohort): void {
    if (position.number >= this.#services.feed.head.number) return
    const { previous, history } = cohort
    cohort.next = this.#begin({ position, previous: last ?? previous, history }, true)
    cohort.next.catch(() => {})
  }

  /** In whose name it waits for its turn. */
  get #payer(): string {
    const [member] = this.#members
    return member?.client ?? ''
  }

  /** Nobody else will want its frames. */
  get #isAlone(): boolean {
    return this.#members.size === 1 && this.#services.topicsOfShape.get(this.#shapeKey) === 1
  }

  /**
   * Charges the clients of a cohort for what was executed for it, each its part. Returns the milliseconds after which
   * one of them is out of debt: until then the cohort waits, and what follows stays in the log.
   */
  #charge({ payers }: Cohort, cost: number): number {
    const { points } = this.#services
    if (cost <= 0 || !points.isLimited) return 0
    const waits = [...payers].map((client) => points.charge(client, cost / payers.size))
    return waits.length === 0 ? 0 : Math.min(...waits)
  }

  async #write(cohort: Cohort, frames: readonly Frame[]): Promise<void> {
    if (frames.length === 0) return
    const membersPerTurn = Math.max(1, Math.floor(framesPerTurn / frames.length))
    const members = [...cohort.members]
    for (let from = 0; from < members.length; from += membersPerTurn) {
      if (from > 0) await nextTurn()
      cohort.write(frames, members.slice(from, from + membersPerTurn))
    }
    this.#measure(cohort, frames, members)
  }

  /** Those who have not caught up yet receive old events: how old is no measure of the server. */
  #measure({ caughtUpAt }: Cohort, frames: readonly Frame[], members: readonly Member[]): void {
    const { meter } = this.#services
    const subscribers = new Map<FeedTransport, number>()
    for (const { transport } of members) subscribers.set(transport, (subscribers.get(transport) ?? 0) + 1)
    const now = Date.now()
    const lagsMs = caughtUpAt ? frames.map(({ recordedAtMs = now }) => now - recordedAtMs) : []
    for (const [transport, count] of subscribers) meter.sent(transport, frames.length, count, lagsMs)
  }

  #park(cohort: Cohort): void {
    this.#waiting.delete(cohort)
    cohort.caughtUpAt = this.#services.feed.readAt
    const other = this.#parked.get(cohort.key)
    const [larger, smaller] =
      other && other.members.size > cohort.members.size ? [other, cohort] : [cohort, other]
    if (smaller) larger.absorb(smaller)
    this.#parked.set(larger.key, larger)
  }

  #runParked({ heartbeat }: { heartbeat: boolean }): void {
    const cohorts = [...this.#parked.values()]
    this.#parked.clear()
    for (const cohort of cohorts) {
      cohort.needsHeartbeat ||= heartbeat
      void this.#run(cohort)
    }
  }

  #isOutage(error: unknown): boolean {
    return error instanceof OutageError || this.#services.format.isOutage(error)
  }

  /** Says once that the next event cannot be delivered. Nobody moves on: it is tried again. */
  #reportFailure(cohort: Cohort, { result }: UndeliverableError): void {
    if (cohort.reportedFailureAfter === cohort.position.number) return
    cohort.reportedFailureAfter = cohort.position.number
    cohort.write([this.#builder.failure(result)])
  }

  #fail(cohort: Cohort, reason: unknown): void {
    const error = this.#services.format.toClient(reason)
    this.#waiting.delete(cohort)
    for (const member of [...cohort.members]) member.end({ kind: 'failed', error })
  }
}
