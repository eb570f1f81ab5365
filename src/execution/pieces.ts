import { isPromise, type Json, type Pending } from './execution.ts'

/** The JSON of a list or an object of which something has to be waited for. */
export class Pieces {
  /** What follows the last promise. */
  #text: string
  readonly #end: string
  /** Text and promises of text in turn. */
  readonly #parts: Pending<Json>[] = []

  /** `begin` is what there is so far. */
  constructor(begin: string, end: ']' | '}') {
    this.#text = begin
    this.#end = end
  }

  /** Adds an item; `before` is the comma and, in an object, the name with its colon. */
  add(before: string, json: Pending<Json>): void {
    this.#text += before
    if (isPromise(json)) {
      this.#parts.push(this.#text, json)
      this.#text = ''
    } else this.#text += json ?? 'null'
  }

  /** All of it. Rejects with the first error of what is waited for. */
  whole(): Promise<string> {
    const last = this.#text + this.#end
    return Promise.all(this.#parts).then((parts) => parts.map((part) => part ?? 'null').join('') + last)
  }

  /** Throws the error that ended it, once what is waited for has settled. */
  async abandonAfterAll(error: unknown): Promise<never> {
    await this.#settled()
    throw error
  }

  /** Nobody waits for the rest. */
  abandon(): void {
    void this.#settled()
  }

  async #settled(): Promise<void> {
    await Promise.allSettled(this.#parts)
  }
}
