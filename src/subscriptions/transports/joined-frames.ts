import type { Writable } from 'node:stream'
import type { Frame } from '../frame.ts'

/** How many of the frames, in order, a sink takes that may hold so many bytes: the last one may reach beyond. */
export function fittingFrames(frames: readonly Frame[], room: number): number {
  let left = room
  let taken = 0
  for (const { size } of frames) {
    if (left < 0) break
    left -= size
    taken += 1
  }
  return taken
}

/**
 * Writes bytes made of frames. Members of a cohort are written the same frames one after another: those that also have
 * the same `key` share the bytes, which are made for the first of them.
 */
export class JoinedFrames {
  readonly #join: (frames: readonly Frame[], key: string) => Buffer
  readonly #made = new WeakMap<readonly Frame[], { readonly key: string; readonly bytes: Buffer }>()

  constructor(join: (frames: readonly Frame[], key: string) => Buffer) {
    this.#join = join
  }

  /** The bytes of the first `taken` frames. */
  of(frames: readonly Frame[], taken: number, key: string): Buffer {
    if (taken < frames.length) return this.#join(frames.slice(0, taken), key)
    const known = this.#made.get(frames)
    if (known?.key === key) return known.bytes
    const bytes = this.#join(frames, key)
    this.#made.set(frames, { key, bytes })
    return bytes
  }
}

/** Calls back once all that was written to a stream before has left this process. */
export function whenFlushed(stream: Writable, listener: () => void): void {
  // Not `drain`, which comes only after more than the stream's own mark, whatever a sink's bound is.
  stream.write('', () => listener())
}
