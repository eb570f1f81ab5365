import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import { FeedCursorError, inFuture } from '../../db/feed/cursor.ts'
import { OutageError } from './execution.ts'
import type { Frame, Sink, Subscription } from './frame.ts'
import { Maker, type Subject, type TopicParts } from './frame-builder.ts'
import { Cohort, type Home, Member } from './member.ts'

/** Frames written before others of the process get their turn. */
const turn = 4096

/**
 * One distinct subscription with all its subscribers. Backfill, live and catching up are one loop: a cohort reads
 * on from its place until it rests at the head; resting cohorts of one place become one.
 */
export class Topic implements Home {
  readonly subject: Subject
  readonly #parts: TopicParts
  readonly #onEmpty: (topic: Topic) => void
  readonly #members = new Set<Member>()
  readonly #resting = new Map<string, Cohort>()
  readonly #epoch: string
  readonly #beat: NodeJS.Timeout | undefined
  readonly #maker: Maker

  constructor(subject: Subject, parts: TopicParts, onEmpty: (topic: Topic) => void) {
    this.subject = subject
    this.#parts = parts
    this.#maker = new Maker(subject, parts)
    this.#onEmpty = onEmpty
    this.#epoch = parts.feed.epoch
    const { heartbeatMs } = subject.request
    if (heartbeatMs !== undefined) this.#beat = setInterval(() => this.#beatAll(), heartbeatMs).unref()
  }

  /** Results made so far, for tests. */
  get executions(): number {
    return this.#maker.executions
  }

  get members(): ReadonlySet<Member> {
    return this.#members
  }

  /** `onGone` is called once, however the subscription ends. */
  join(start: number, makeSink: (subscription: Subscription) => Sink, onGone: () => void): Subscription {
    const member = new Member(this, makeSink, start, onGone)
    this.#members.add(member)
    this.rejoin(member)
    return member
  }

  rejoin(member: Member): void {
    const cohort = new Cohort(member.position, member.previous, true)
    cohort.add(member)
    void this.#run(cohort)
  }

  gone(member: Member): void {
    this.#members.delete(member)
    if (this.#members.size > 0) return
    clearInterval(this.#beat)
    this.#resting.clear()
    this.#onEmpty(this)
  }

  cursor(position: number): string {
    return this.#parts.feed.cursor(position)
  }

  /** The head has moved. */
  wake(): void {
    const cohorts = [...this.#resting.values()]
    this.#resting.clear()
    for (const cohort of cohorts) void this.#run(cohort)
  }

  /** Tells all where they stand and when to come back; `spread` milliseconds at most from now. */
  async drain(spread: number): Promise<void> {
    const words = new Map<string, Promise<Frame | undefined>>()
    await Promise.all(
      [...this.#members].map(async (member) => {
        // In sixteen waves, so that a wave shares its last word.
        const retryAfterMs = Math.round((spread * (1 + Math.floor(Math.random() * 16))) / 16)
        const { cohort } = member
        if (cohort && this.#beat && cohort.position >= this.#parts.feed.head) {
          const key = `${cohort.key} ${retryAfterMs}`
          if (!words.has(key))
            words.set(
              key,
              this.#maker.heartbeat(cohort.position, cohort.previous, retryAfterMs).catch(() => undefined),
            )
          const word = await words.get(key)
          if (word) member.write([word])
        }
        member.end({ kind: 'restart', cursor: member.cursor(), retryAfterMs })
      }),
    )
  }

  async #run(cohort: Cohort): Promise<void> {
    const { feed } = this.#parts
    for (let failures = 0; cohort.members.size > 0 && !feed.closed; ) {
      try {
        if (feed.epoch !== this.#epoch) throw foreign()
        if (cohort.position > feed.head) throw inFuture()
        if (cohort.position < feed.head) await this.#advance(cohort)
        else if (cohort.fresh) await this.#greet(cohort)
        else return this.#rest(cohort)
        failures = 0
      } catch (error) {
        if (!this.#isPassing(error)) return this.#fail(cohort, error)
        failures += 1
        await sleep(Math.min(5000, 100 * 2 ** failures) * (0.5 + Math.random() / 2), undefined, {
          ref: false,
        })
      }
    }
  }

  async #advance(cohort: Cohort): Promise<void> {
    const { position } = cohort
    const page = await this.#maker.page(position)
    // Going back would send events twice, and staying would never end.
    if (page.to <= position) throw new Error(`The stretch after ${position} ends at ${page.to}.`)
    const frames = await page.after(position, cohort.previous)
    await this.#write(cohort, frames)
    cohort.position = page.to
    cohort.previous = frames.at(-1)?.position ?? cohort.previous
  }

  async #write(cohort: Cohort, frames: readonly Frame[]): Promise<void> {
    if (frames.length === 0) return
    const share = Math.max(1, Math.floor(turn / frames.length))
    const members = [...cohort.members]
    for (let from = 0; from < members.length; from += share) {
      if (from > 0) await breathe()
      cohort.write(frames, members.slice(from, from + share))
    }
  }

  /** At the head: those who came from behind are told so, where the subscription has heartbeats. */
  async #greet(cohort: Cohort): Promise<void> {
    cohort.fresh = false
    if (!this.#beat) return
    const word = await this.#maker.heartbeat(cohort.position, cohort.previous, null)
    cohort.write([word])
    cohort.previous = cohort.position
  }

  #beatAll(): void {
    const cohorts = [...this.#resting.values()]
    this.#resting.clear()
    for (const cohort of cohorts) {
      cohort.fresh = true
      void this.#run(cohort)
    }
  }

  #rest(cohort: Cohort): void {
    const other = this.#resting.get(cohort.key)
    if (!other) return void this.#resting.set(cohort.key, cohort)
    const [larger, smaller] = other.members.size < cohort.members.size ? [cohort, other] : [other, cohort]
    for (const member of smaller.members) larger.add(member)
    smaller.members.clear()
    this.#resting.set(larger.key, larger)
  }

  #isPassing(error: unknown): boolean {
    return error instanceof OutageError || this.#parts.format.isOutage(error)
  }

  #fail(cohort: Cohort, error: unknown): void {
    const told = this.#parts.format.toClient(error)
    for (const member of [...cohort.members]) member.end({ kind: 'failed', error: told })
  }
}

function foreign(): FeedCursorError {
  return new FeedCursorError(
    'CURSOR_FOREIGN',
    'The database behind the server was replaced. Read the papers again together with feedPosition, and go on from there.',
  )
}
