/** Events of the log that are looked at in one go, for frames of any size. */
export const minBatchSize = 64
/** More would keep other work of the process waiting for too long while their frames are made. */
const maxBatchSize = 256
/** Bytes of the frames of a batch that are aimed at: few writes, and the buffer of one healthy socket has room. */
const bytesOfBatch = 64 * 1024

/** How many events make a batch, by the frames made so far: a power of two, the larger the smaller they are. */
export class BatchSize {
  #frames = 0
  #bytes = 0

  made({ size }: { readonly size: number }): void {
    this.#frames += 1
    this.#bytes += size
  }

  get current(): number {
    if (this.#frames < minBatchSize) return minBatchSize
    const fitting = bytesOfBatch / (this.#bytes / this.#frames)
    return Math.min(maxBatchSize, Math.max(minBatchSize, 2 ** Math.floor(Math.log2(fitting))))
  }
}
