import { isPromise, type Json, type Pending } from './execution.ts'

/** The JSON of a list or an object as it comes about: text for as long as nothing in it has to be waited for. */
export class Pieces {
  #text: string
  readonly #end: string
  #isEmpty = true
  /** Text and promises of text in turn, once there is a promise. */
  #parts: Pending<Json>[] | undefined

  constructor(begin: '[' | '{', end: ']' | '}') {
    this.#text = begin
    this.#end = end
  }

  /** Adds an item; `head` is the name of a property with its colon, and nothing in a list. */
  add(head: string, json: Pending<Json>): void {
    const before = this.#isEmpty ? head : `,${head}`
    this.#isEmpty = false
    if (!isPromise(json)) {
      this.#text += before + (json ?? 'null')
      return
    }
    this.#parts ??= []
    this.#parts.push(this.#text + before, json)
    this.#text = ''
  }

  /** All of it. Rejects with the first error of what is waited for. */
  whole(): Pending<string> {
    const last = this.#text + this.#end
    if (!this.#parts) return last
    return Promise.all(this.#parts).then((parts) => parts.map((part) => part ?? 'null').join('') + last)
  }

  /** Throws the error that ended it, once what is waited for has settled. */
  async abandonAfterAll(error: unknown): Promise<never> {
    await this.#settled()
    throw error
  }

  get isWaiting(): boolean {
    return this.#parts !== undefined
  }

  /** Nobody waits for the rest. */
  abandon(): void {
    void this.#settled()
  }

  async #settled(): Promise<void> {
    await Promise.allSettled(this.#parts ?? [])
  }
}
