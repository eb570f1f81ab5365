import { isSamePosition, type Position } from '../../db/feed/position.ts'
import type { SourceState } from '../../db/sources.ts'
import type { Viewer } from '../../schema/core/context.ts'
import type { Batch, MadeFrames } from './batch.ts'
import type { EndReason, Frame, Sink, Subscription } from './frame.ts'
import type { FeedTransport } from './meter.ts'

/** Where subscribers are in the log. */
export interface Place {
  /** Everything up to here has been looked at. */
  readonly position: Position
  /** The position just after what they received last. */
  readonly previous: Position
  /** The history of the log that both belong to; see `Feed.history`. */
  readonly history: number
}

/** The batch after a place, of which the frames are being made. */
export interface BegunBatch {
  readonly place: Place
  readonly batch: Batch
  /** Its frames are in no cache. */
  readonly isAlone: boolean
  readonly making: Promise<MadeFrames>
}

/** Clients that share the cost of what is executed for all of them: enough to make it little for each. */
const mostPayers = 8

/** Subscribers of one topic at one place, who are served together. */
export class Cohort implements Place {
  readonly members = new Set<Member>()
  position: Position
  previous: Position
  history: number
  /** They know that the event after this number cannot be delivered for now. */
  reportedFailureAfter: number | undefined
  /** Everything committed by then has been sent to them; unknown until they have caught up. */
  caughtUpAt: Date | undefined
  /** The sources as the last heartbeat told them; undefined if one of them has yet to be told. */
  toldSources: readonly SourceState[] | undefined
  /** They took a whole batch, so that the next one can be made while this one is sent. */
  isFlowing = false
  /** What follows, if it has been begun. */
  next: Promise<BegunBatch> | undefined
  /** At the head, they get a heartbeat before they are parked: the first one says that they have caught up. */
  needsHeartbeat = true

  constructor({ position, previous, history }: Place) {
    this.position = position
    this.previous = previous
    this.history = history
  }

  isAt({ position, previous, history }: Place): boolean {
    return (
      isSamePosition(this.position, position) &&
      isSamePosition(this.previous, previous) &&
      this.history === history
    )
  }

  /** Cohorts of one key are at the same place. */
  get key(): string {
    return `${this.position.number} ${this.previous.number} ${this.history}`
  }

  add(member: Member): void {
    this.members.add(member)
    member.cohort = this
  }

  /** Clients of its members, as many as share what is executed for all of them. */
  get payers(): Set<string> {
    const payers = new Set<string>()
    for (const { client } of this.members) {
      payers.add(client)
      if (payers.size >= mostPayers) break
    }
    return payers
  }

  /** Takes over the members of a cohort at the same place. */
  absorb(other: Cohort): void {
    for (const member of other.members) this.add(member)
    other.members.clear()
    if (other.toldSources !== this.toldSources) this.toldSources = undefined
  }

  /** Writes to all; those who are full leave the cohort. */
  write(frames: readonly Frame[], members: Iterable<Member> = this.members): void {
    for (const member of members) {
      if (member.cohort !== this) continue
      const taken = member.write(frames)
      if (taken < frames.length) member.fallBehind(frames[taken - 1])
    }
  }
}

/** What a member asks of its topic. */
export interface TopicHandle {
  /** The member has room again and goes on from its own position. */
  rejoin(member: Member): void
  remove(member: Member): void
  cursor(position: Position): string
  /** The time in milliseconds. */
  now(): number
  ended(reason: EndReason['kind']): void
}

/** One subscriber: a position in the log and a sink. It holds no events. */
export class Member implements Subscription {
  readonly #topic: TopicHandle
  readonly #onEnd: () => void
  readonly #sink: Sink
  /** Why its rights have ended; absent if they cannot. */
  readonly lapse: Viewer['lapse']
  /** Who pays for what is executed for it. */
  readonly client: string
  /** Absent while the sink is full, and after the end. */
  cohort: Cohort | undefined
  /** Where it is while it is in no cohort. */
  place: Place
  /** Since when the sink has been full, in milliseconds. */
  fullSince: number | undefined
  #written: Position | undefined
  #ended = false

  get transport(): FeedTransport {
    return this.#sink.transport
  }

  constructor(
    topic: TopicHandle,
    makeSink: (subscription: Subscription) => Sink,
    place: Place,
    client: string,
    onEnd: () => void,
    lapse: Viewer['lapse'],
  ) {
    this.lapse = lapse
    this.client = client
    this.#topic = topic
    this.#onEnd = onEnd
    this.place = place
    this.#sink = makeSink(this)
  }

  write(frames: readonly Frame[]): number {
    const taken = this.#sink.write(frames)
    for (let last = taken - 1; last >= 0; last--) {
      const position = frames[last]?.position
      if (!position) continue
      this.#written = position
      break
    }
    return taken
  }

  /** Leaves its cohort because the sink is full; `lastTaken` is the last frame that it took of this write. */
  fallBehind(lastTaken: Frame | undefined): void {
    const { cohort } = this
    if (!cohort) return
    cohort.members.delete(this)
    this.cohort = undefined
    const { position, previous, history } = cohort
    const last = lastTaken?.position
    this.place = { position: last ?? position, previous: last ?? previous, history }
    this.fullSince ??= this.#topic.now()
  }

  resume(): void {
    this.fullSince = undefined
    if (!this.#ended && !this.cohort) this.#topic.rejoin(this)
  }

  leave(): void {
    if (this.#ended) return
    this.#ended = true
    this.cohort?.members.delete(this)
    this.cohort = undefined
    this.#topic.remove(this)
    this.#onEnd()
  }

  end(reason: EndReason): void {
    if (this.#ended) return
    this.leave()
    this.#topic.ended(reason.kind)
    this.#sink.end(reason)
  }

  cursor(): string {
    const { position } = this.cohort ?? this.place
    const written = this.#written
    return this.#topic.cursor(written && written.number > position.number ? written : position)
  }
}
