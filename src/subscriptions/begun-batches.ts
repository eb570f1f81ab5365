import type { Position } from '../../db/feed/position.ts'
import { turnOf } from '../client-turns.ts'
import type { Batch } from './batch.ts'
import type { FrameBuilder } from './frame-builder.ts'
import type { BegunBatch, Cohort, Place } from './member.ts'

export interface BegunBatchesOptions {
  readonly builder: FrameBuilder
  /** The newest position of the log. */
  readonly head: () => Position
  /** Whether nobody else will want the frames. */
  readonly isAlone: () => boolean
  /** In whose name it waits for its turn. */
  readonly payer: () => string
}

/** The batches of a topic of which the frames are being made: of a cohort that takes all, while the one before is sent. */
export class BegunBatches {
  readonly #options: BegunBatchesOptions

  constructor(options: BegunBatchesOptions) {
    this.#options = options
  }

  /** The batch after a cohort: what was begun while the last one was sent, if nothing came in between. */
  async after(cohort: Cohort): Promise<BegunBatch> {
    const next = await cohort.next
    cohort.next = undefined
    return next && cohort.isAt(next.place) ? next : this.#begin(cohort, cohort.isFlowing)
  }

  /** Begins what follows a batch. */
  beginAfter({ scannedTo: position, last }: Batch, cohort: Cohort): void {
    if (position.number >= this.#options.head().number) return
    const { previous, history } = cohort
    cohort.next = this.#begin({ position, previous: last ?? previous, history }, true)
    cohort.next.catch(() => {})
  }

  /** For a reader that was full and comes back. */
  async keep(begun: BegunBatch | Promise<BegunBatch> | undefined): Promise<void> {
    const batch = await Promise.resolve(begun).catch(() => undefined)
    if (batch?.isAlone) this.#options.builder.keep((await batch.making).frames, batch.place)
  }

  async #begin({ position, previous, history }: Place, isFlowing: boolean): Promise<BegunBatch> {
    const place = { position, previous, history }
    // A reader that is full comes back for the rest of a batch.
    const isAlone = isFlowing && this.#options.isAlone()
    const turn = turnOf(this.#options.payer)
    if (turn) await turn
    const batch = await this.#options.builder.batchAfter(place)
    // Going back would send events twice, and staying would never end.
    if (batch.scannedTo.number <= position.number)
      throw new Error(`The batch after ${position.number} ends at ${batch.scannedTo.number}.`)
    return { place, batch, isAlone, making: batch.framesAfter(position, previous, isAlone) }
  }
}
