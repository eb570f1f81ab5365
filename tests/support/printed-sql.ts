import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { columnTypes } from '../../db/column-types.ts'
import type { Db } from '../../db/database.ts'
import type { Tables } from '../../db/tables.ts'

/** A database whose statements are kept as text. */
export interface RecordingDatabase extends AsyncDisposable {
  readonly db: Db
  /** The texts since the last call, in the order in which they were sent, each once. */
  take(): string[]
}

/** Opens a database of its own for each call, so that what is recorded is what the function sends. */
export function openRecordingDatabase(connectionString: string): RecordingDatabase {
  const pool = new pg.Pool({ connectionString, max: 1, types: columnTypes() })
  // Who drops the database may be quicker than a client that is being ended.
  pool.on('connect', (client) => client.on('error', () => {}))
  let texts: string[] = []
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => {
      texts.push(query.sql)
    },
  })
  return {
    db,
    take() {
      const sent = texts.filter((text) => !/^(begin|commit|rollback)$/.test(text))
      texts = []
      return [...new Set(sent)]
    },
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}

const clause =
  'from|where|(?:inner|left|cross) join|union|order by|group by|limit|set|values|on conflict|returning'
const beforeClause = new RegExp(`\\s+(?=(?:${clause})\\b)`)
const beforeClauseOrAnd = new RegExp(`\\s+(?=(?:${clause}|and)\\b)`)
const longLine = 120
const quoted = /'(?:[^']|'')*'|"[^"]*"/g

/** A statement as people read it: the lines of its template, or a line for each clause, indented by parentheses. */
export function formatSql(text: string): string {
  const template = text.trim().includes('\n') ? text.split('\n') : text.split(beforeClause)
  const lines = template.flatMap((line) =>
    line.length > longLine ? line.trim().split(beforeClauseOrAnd) : [line],
  )
  let depth = 0
  const indented = lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const signs = line.replaceAll(quoted, '').replace(/[^()]/g, (sign, at) => (at === 0 ? sign : ''))
      const closedFirst = /^\)*/.exec(signs)?.[0].length ?? 0
      const indent = '  '.repeat(depth - closedFirst)
      for (const sign of signs) depth += sign === '(' ? 1 : sign === ')' ? -1 : 0
      return indent + line
    })
  return `${indented.join('\n')};`
}
