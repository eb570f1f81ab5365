import type { SourceState } from '../../db/sources.ts'
import type { Frame } from './frame.ts'
import type { FrameBuilder, FrameServices, TopicSpec } from './frame-builder.ts'
import type { Cohort, Member } from './member.ts'

/** A restart is announced in groups, so that the members of a group share their last heartbeat. */
const restartGroups = 16

/** The heartbeats of one topic, if its operation asks for them: `feed` does, `paperIngested` does not. */
export class Heartbeats {
  readonly #spec: TopicSpec
  readonly #builder: FrameBuilder
  readonly #feed: FrameServices['feed']
  /** Last heartbeats that were made, by group, for a restart. */
  readonly #last = new Map<string, Promise<Frame | undefined>>()

  constructor(spec: TopicSpec, builder: FrameBuilder, feed: FrameServices['feed']) {
    this.#spec = spec
    this.#builder = builder
    this.#feed = feed
  }

  /** Milliseconds between two; undefined without any. */
  get everyMs(): number | undefined {
    return this.#spec.request.heartbeatMs
  }

  /** For a cohort at the head: it has caught up. */
  async sendTo(cohort: Cohort): Promise<void> {
    cohort.needsHeartbeat = false
    if (this.everyMs === undefined) return
    const { readAt, sources } = this.#feed
    const { rows } = sources
    const says = { caughtUpAt: readAt, reconnectAfterMs: null, changedSources: news(cohort, rows) }
    const heartbeat = await this.#builder.heartbeat(cohort, says)
    cohort.caughtUpAt = readAt
    cohort.toldSources = rows
    cohort.write([heartbeat])
    cohort.previous = cohort.position
  }

  /** For those whose next events take long: it moves nobody on, and names the time of the one before. */
  async reassure(cohort: Cohort, isWaiting: () => boolean): Promise<void> {
    const { previous: position, caughtUpAt } = cohort
    if (!caughtUpAt) return
    const says = { caughtUpAt, reconnectAfterMs: null, changedSources: null }
    const heartbeat = await this.#builder.heartbeat({ position, previous: position }, says)
    if (isWaiting() && cohort.previous === position) cohort.write([heartbeat])
  }

  /**
   * Before a restart: when a member is to come back, spread by chance (0 to 1) over `spreadMs`, and, if it is at the
   * head, the heartbeat that says so.
   */
  async last(
    { cohort }: Member,
    spreadMs: number,
    chance: number,
  ): Promise<{ retryAfterMs: number; heartbeat: Frame | undefined }> {
    const group = 1 + Math.floor(chance * restartGroups)
    const retryAfterMs = Math.round((spreadMs * group) / restartGroups)
    if (this.everyMs === undefined || !cohort || cohort.position.number < this.#feed.head.number)
      return { retryAfterMs, heartbeat: undefined }
    const { readAt: caughtUpAt, sources } = this.#feed
    const changedSources = news(cohort, sources.rows)
    const key = `${cohort.key} ${retryAfterMs} ${changedSources !== null}`
    let heartbeat = this.#last.get(key)
    if (!heartbeat) {
      const says = { caughtUpAt, reconnectAfterMs: retryAfterMs, changedSources }
      heartbeat = this.#builder.heartbeat(cohort, says).catch(() => undefined)
      this.#last.set(key, heartbeat)
    }
    return { retryAfterMs, heartbeat: await heartbeat }
  }
}

function news({ toldSources }: Cohort, rows: readonly SourceState[]): readonly SourceState[] | null {
  return toldSources === rows ? null : rows
}
