import type { EndReason, Frame, Sink, Subscription } from './frame.ts'

/** Subscribers of one topic at one position, who are served together. */
export class Cohort {
  readonly members = new Set<Member>()
  /** Everything up to here has been looked at. */
  position: number
  /** The position just after what they received last. */
  previous: number
  /** At the head, they get a heartbeat before they are parked: the first one says that they have caught up. */
  needsHeartbeat = true

  constructor(position: number, previous: number) {
    this.position = position
    this.previous = previous
  }

  /** Cohorts of one key are at the same place. */
  get key(): string {
    return `${this.position} ${this.previous}`
  }

  add(member: Member): void {
    this.members.add(member)
    member.cohort = this
  }

  /** Takes over the members of a cohort at the same place. */
  absorb(other: Cohort): void {
    for (const member of other.members) this.add(member)
    other.members.clear()
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
  cursor(position: number): string
  /** The time in milliseconds. */
  now(): number
}

/** One subscriber: a position in the log and a sink. It holds no events. */
export class Member implements Subscription {
  readonly #topic: TopicHandle
  readonly #onEnd: () => void
  readonly #sink: Sink
  /** Absent while the sink is full, and after the end. */
  cohort: Cohort | undefined
  /** Its place while it is in no cohort. */
  position: number
  previous: number
  /** Since when the sink has been full, in milliseconds. */
  fullSince: number | undefined
  #written = 0
  #ended = false

  constructor(
    topic: TopicHandle,
    makeSink: (subscription: Subscription) => Sink,
    start: number,
    onEnd: () => void,
  ) {
    this.#topic = topic
    this.#onEnd = onEnd
    this.position = start
    this.previous = start
    this.#sink = makeSink(this)
  }

  write(frames: readonly Frame[]): number {
    const taken = this.#sink.write(frames)
    this.#written = frames[taken - 1]?.position ?? this.#written
    return taken
  }

  /** Leaves its cohort because the sink is full; `lastTaken` is the last frame that it took of this write. */
  fallBehind(lastTaken: Frame | undefined): void {
    const { cohort } = this
    if (!cohort) return
    cohort.members.delete(this)
    this.cohort = undefined
    this.position = lastTaken?.position ?? cohort.position
    this.previous = lastTaken?.position ?? cohort.previous
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
    this.#sink.end(reason)
  }

  cursor(): string {
    return this.#topic.cursor(Math.max(this.#written, this.cohort?.position ?? this.position))
  }
}
