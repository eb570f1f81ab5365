import type { Position } from '../../db/feed/position.ts'
import type { Viewer } from '../../schema/core/context.ts'
import type { ClientPoints } from '../client-points.ts'
import { type Clock, every } from '../clock.ts'
import { BegunBatches } from './begun-batches.ts'
import { OutageError, UndeliverableError } from './execution.ts'
import type { EndReason, Sink, Subscription } from './frame.ts'
import { FrameBuilder, type FrameServices, type TopicSpec } from './frame-builder.ts'
import { Heartbeats } from './heartbeats.ts'
import { Cohort, Member, type Place, type TopicHandle } from './member.ts'
import type { FeedMeter } from './meter.ts'
import { charge, sendFrames } from './send-frames.ts'

export interface TopicServices extends FrameServices {
  readonly clock: Clock
  readonly points: ClientPoints
  readonly meter: FeedMeter
  /** How many topics there are of each shape. */
  readonly topicsOfShape: ReadonlyMap<string, number>
  /** Aborts when the hub has ended. */
  readonly signal: AbortSignal
}

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
  readonly #batches: BegunBatches
  readonly #heartbeats: Heartbeats
  readonly #shapeKey: string

  constructor(spec: TopicSpec, services: TopicServices, onEmpty: (topic: Topic) => void) {
    this.#services = services
    this.#builder = new FrameBuilder(spec, services)
    this.#batches = new BegunBatches({
      builder: this.#builder,
      head: () => services.feed.head,
      isAlone: () => this.#isAlone,
      payer: () => this.#payer,
    })
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
    const begun = await this.#batches.after(cohort)
    const { batch } = begun
    if (cohort.isFlowing) this.#batches.beginAfter(batch, cohort)
    const { frames, failure } = await begun.making
    this.#waiting.delete(cohort)
    const { size } = cohort.members
    await sendFrames(cohort, frames, this.#services.meter)
    cohort.isFlowing = cohort.members.size === size
    if (!cohort.isFlowing) for (const unsent of [begun, cohort.next]) void this.#batches.keep(unsent)
    const last = frames.at(-1)?.position
    cohort.position = failure ? (last ?? position) : batch.scannedTo
    cohort.previous = last ?? cohort.previous
    const waitMs = charge(cohort, this.#builder.spent - spent, this.#services.points)
    if (waitMs > 0) {
      // It would be old by then.
      cohort.next = undefined
      await this.#services.clock.wait(waitMs, this.#services.signal).catch(() => {})
    }
    if (failure) throw failure.reason
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
