import { type Execution, isPromise, type Json, type Path, type Pending } from './execution.ts'
import type { FieldPlan } from './fields.ts'
import { Pieces } from './pieces.ts'

/** What is executed of the objects of one type at a place. */
export class ObjectPlan {
  readonly #fields: readonly FieldPlan[]
  /** What stands before the value of each field. */
  readonly #heads: readonly string[]

  constructor(fields: readonly FieldPlan[]) {
    this.#fields = fields
    this.#heads = fields.map(({ head }, index) => (index === 0 ? `{${head}` : `,${head}`))
  }

  complete(execution: Execution, source: unknown, path: Path): Pending<Json> {
    const fields = this.#fields
    let text = ''
    for (let index = 0; index < fields.length; index++) {
      const json = (fields[index] as FieldPlan).run(execution, source, path)
      const head = this.#heads[index] as string
      if (isPromise(json)) {
        const pieces = new Pieces(text, '}')
        pieces.add(head, json)
        return this.#completeRest(index + 1, pieces, execution, source, path)
      }
      text += head + (json ?? 'null')
    }
    return text === '' ? '{}' : `${text}}`
  }

  /** The same, as long as each field can be written without resolving anything; see `WritePlain`. */
  writePlain(execution: Execution, source: unknown): Json | undefined {
    const fields = this.#fields
    let text = ''
    for (let index = 0; index < fields.length; index++) {
      const json = (fields[index] as FieldPlan).writePlain(execution, source)
      if (json === undefined) return undefined
      text += (this.#heads[index] as string) + (json ?? 'null')
    }
    return text === '' ? '{}' : `${text}}`
  }

  /** The rest of an object, some fields of which are waited for. */
  #completeRest(
    from: number,
    pieces: Pieces,
    execution: Execution,
    source: unknown,
    path: Path,
  ): Pending<Json> {
    try {
      for (let index = from; index < this.#fields.length; index++)
        pieces.add(
          this.#heads[index] as string,
          (this.#fields[index] as FieldPlan).run(execution, source, path),
        )
    } catch (error) {
      return pieces.abandonAfterAll(error)
    }
    return pieces.whole()
  }
}
