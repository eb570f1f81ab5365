import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { codeOf } from '../error.ts'
import { DumpError, endOfRows } from './format.ts'

/** Bytes of the longest line that is taken for one: a paper has some tens of thousands. */
const longestLine = 256 * 1024 * 1024

/** Reads a dump piece by piece. All its methods throw DumpError where the dump is damaged or cut off. */
export class DumpReader {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(input: Readable) {
    const unpacked = createGunzip()
    input.on('error', (error) => unpacked.destroy(error))
    input.pipe(unpacked)
    this.#chunks = unpacked[Symbol.asyncIterator]()
  }

  /** The next line, without its end. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\n')
      if (end >= 0) {
        const line = this.#rest.toString('utf8', 0, end)
        this.#rest = this.#rest.subarray(end + 1)
        return line
      }
      await this.#more()
    }
  }

  /** The rows up to the end of a table, in pieces of whole lines. */
  async *rows(): AsyncGenerator<Buffer> {
    for (;;) {
      const end = this.#endOfRows()
      const whole = end < 0 ? this.#rest.lastIndexOf('\n') + 1 : end
      if (whole > 0) yield this.#rest.subarray(0, whole)
      this.#rest = this.#rest.subarray(end < 0 ? whole : whole + endOfRows.length)
      if (end >= 0) return
      await this.#more()
    }
  }

  /** Where the rows end, what is left beginning with a line; -1 if that is not known yet. */
  #endOfRows(): number {
    if (this.#rest.indexOf(endOfRows) === 0) return 0
    const before = this.#rest.indexOf(`\n${endOfRows}`)
    return before < 0 ? -1 : before + 1
  }

  async #more(): Promise<void> {
    try {
      const { value, done } = await this.#chunks.next()
      if (done) throw cutOff()
      this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value])
    } catch (error) {
      const code = codeOf(error)
      if (code === 'Z_BUF_ERROR') throw cutOff()
      if (code?.startsWith('Z_'))
        throw new DumpError(
          'is not a dump of daily-papers, or it is damaged. Copy it again from where it was written.',
        )
      throw error
    }
    if (this.#rest.length > longestLine) throw new DumpError('is damaged: a line of it has no end.')
  }
}

function cutOff(): DumpError {
  return new DumpError('is cut off before its end. Copy it again from where it was written.')
}
