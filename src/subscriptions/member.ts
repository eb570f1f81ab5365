import type { End, Frame, Sink, Subscription } from './frame.ts'

/** Subscribers of one topic at one place, who are served together. */
export class Cohort {
  readonly members = new Set<Member>()
  /** Everything up to here has been looked at. */
  position: number
  /** Where the last thing they got ended. */
  previous: number
  /** They have not been told that they are caught up. */
  fresh: boolean

  constructor(position: number, previous: number, fresh: boolean) {
    this.position = position
    this.previous = previous
    this.fresh = fresh
  }

  /** Cohorts of one key are at the same place. */
  get key(): string {
    return `${this.position} ${this.previous}`
  }

  add(member: Member): void {
    this.members.add(member)
    member.cohort = this
  }

  /** Writes to all; those who are full stay behind and leave the cohort. */
  write(frames: readonly Frame[], members: Iterable<Member> = this.members): void {
    for (const member of members) {
      if (member.cohort !== this) continue
      const taken = member.write(frames)
      if (taken < frames.length) member.stayBehind(frames[taken - 1])
    }
  }
}

/** What a member asks of its topic. */
export interface Home {
  /** It has room again and goes on from where it stands. */
  rejoin(member: Member): void
  gone(member: Member): void
  cursor(position: number): string
}

/** One subscriber: a place in the log and a way out. It holds no events. */
export class Member implements Subscription {
  readonly #home: Home
  readonly #onGone: () => void
  readonly #sink: Sink
  /** Absent while it is full, or gone. */
  cohort: Cohort | undefined
  /** Where it stands while it is in no cohort. */
  position: number
  previous: number
  /** Since when it has taken nothing, by Date.now(). */
  fullSince: number | undefined
  #written = 0
  #over = false

  constructor(home: Home, makeSink: (subscription: Subscription) => Sink, start: number, onGone: () => void) {
    this.#home = home
    this.#onGone = onGone
    this.position = start
    this.previous = start
    this.#sink = makeSink(this)
  }

  get over(): boolean {
    return this.#over
  }

  write(frames: readonly Frame[]): number {
    const taken = this.#sink.write(frames)
    this.#written = frames[taken - 1]?.position ?? this.#written
    return taken
  }

  /** Leaves its cohort because it is full; `last` is the last frame of this run that it took. */
  stayBehind(last: Frame | undefined): void {
    const { cohort } = this
    if (!cohort) return
    cohort.members.delete(this)
    this.cohort = undefined
    this.position = last?.position ?? cohort.position
    this.previous = last?.position ?? cohort.previous
    this.fullSince ??= Date.now()
  }

  resume(): void {
    this.fullSince = undefined
    if (!this.#over && !this.cohort) this.#home.rejoin(this)
  }

  leave(): void {
    if (this.#over) return
    this.#over = true
    this.cohort?.members.delete(this)
    this.cohort = undefined
    this.#home.gone(this)
    this.#onGone()
  }

  end(end: End): void {
    if (this.#over) return
    this.leave()
    this.#sink.end(end)
  }

  cursor(): string {
    return this.#home.cursor(Math.max(this.#written, this.cohort?.position ?? this.position))
  }
}
