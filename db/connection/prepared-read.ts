import type pg from 'pg'
import { arrayText } from '../keys.ts'
import type { AnswerCallback } from './answer.ts'

/** A statement whose answer has the same columns each time on one connection. */
export interface NamedStatement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

type Value = string | null

interface Column {
  readonly name: string
  readonly parse: (text: string) => unknown
}

/** What pg's types do not tell of a connection; its own queries use the same. */
type Wire = pg.Connection & {
  readonly parsedStatements: Readonly<Record<string, string | undefined>>
  readonly submittedNamedStatements: Record<string, string | undefined>
  describe(message: { type: 'S' | 'P'; name: string }): void
}

/** The columns of each statement that a client has prepared. */
const columnsOf = new WeakMap<pg.ClientBase, Map<string, readonly Column[]>>()

/**
 * What sends a named statement as pg does, but has the columns of its answer told the first time only: they cannot
 * change without the statement becoming useless (0A000), and telling them takes both sides as long as a row. Undefined
 * for values that pg has to convert.
 */
export function preparedRead(
  client: pg.ClientBase,
  statement: NamedStatement,
): ((callback: AnswerCallback) => void) | undefined {
  const values: Value[] = []
  for (const value of statement.values) {
    const text = textOfValue(value)
    if (text === undefined) return undefined
    values.push(text)
  }
  return (callback) => client.query(new PreparedRead(client, statement, values, callback))
}

function textOfValue(value: unknown): Value | undefined {
  if (value === null || typeof value === 'string') return value
  if (Array.isArray(value)) return value.every(isKey) ? arrayText(value) : undefined
  return typeof value === 'number' ? String(value) : undefined
}

function isKey(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

/** What pg calls as the answer comes in: see `Query` there. */
class PreparedRead implements pg.Submittable {
  /** pg notes by these that the statement is prepared. */
  readonly name: string
  readonly text: string
  readonly callback: AnswerCallback
  readonly #client: pg.ClientBase
  readonly #values: Value[]
  readonly #rows: Record<string, unknown>[] = []
  #columns: readonly Column[] | undefined
  #rowCount: number | null = null
  #fault: Error | undefined

  constructor(
    client: pg.ClientBase,
    { name, text }: NamedStatement,
    values: Value[],
    callback: AnswerCallback,
  ) {
    this.#client = client
    this.name = name
    this.text = text
    this.#values = values
    this.callback = callback
    this.#columns = columnsOf.get(client)?.get(name)
  }

  submit(connection: pg.Connection): void {
    const wire = connection as Wire
    const { name, text } = this
    wire.stream.cork()
    try {
      const isPrepared =
        wire.parsedStatements[name] !== undefined || wire.submittedNamedStatements[name] !== undefined
      if (!isPrepared) {
        wire.parse({ name, text } as Parameters<Wire['parse']>[0], false)
        wire.submittedNamedStatements[name] = text
        this.#columns = undefined
      }
      wire.bind({ statement: name, values: this.#values } as Parameters<Wire['bind']>[0], false)
      if (!this.#columns) wire.describe({ type: 'P', name: '' })
      wire.execute({}, false)
      wire.sync()
    } finally {
      wire.stream.uncork()
    }
  }

  handleRowDescription({ fields }: { fields: readonly pg.FieldDef[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: this.#client.getTypeParser(dataTypeID, 'text') as Column['parse'],
    }))
    const known = columnsOf.get(this.#client) ?? new Map<string, readonly Column[]>()
    columnsOf.set(this.#client, known.set(this.name, this.#columns))
  }

  handleDataRow({ fields }: { fields: readonly Value[] }): void {
    const columns = this.#columns
    if (this.#fault || !columns) return
    try {
      const row: Record<string, unknown> = {}
      for (let index = 0; index < columns.length; index++) {
        const { name, parse } = columns[index] as Column
        const value = fields[index]
        row[name] = value == null ? null : parse(value)
      }
      this.#rows.push(row)
    } catch (error) {
      this.#fault = error as Error
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#rowCount = Number(text.split(' ').at(-1))
  }

  handleEmptyQuery(): void {}

  handleError(error: Error): void {
    this.callback(error)
  }

  handleReadyForQuery(): void {
    if (this.#fault) this.callback(this.#fault)
    else this.callback(null, { ...answered, rowCount: this.#rowCount, rows: this.#rows })
  }
}

const answered = { command: 'SELECT', oid: 0, fields: [] }
