import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { plantLibrary } from '../support/library.ts'
import { formatSql, openRecordingDatabase, type RecordingDatabase } from '../support/printed-sql.ts'
import { statementCases } from '../support/statement-cases.ts'

let store: TestDatabase
let recording: RecordingDatabase
beforeAll(async () => {
  store = await createTestDatabase()
  await plantLibrary(store.database.db)
  recording = openRecordingDatabase(store.url)
})
afterAll(async () => {
  await recording?.[Symbol.asyncDispose]()
  await store?.drop()
})

const heading = `-- The statements that the functions of db send, written by tests/queries/printed-statements.test.ts.
-- After a change: npx vitest run tests/queries/printed-statements.test.ts --update
`

test.each(Object.entries(statementCases))('db/statements/%s.sql has what is sent', async (file, cases) => {
  const printed = new Set<string>()
  let text = heading
  for (const [name, call] of Object.entries(cases)) {
    recording.take()
    await call(recording.db)
    // A statement that is in the file already is not printed again.
    const sent = recording.take().filter((statement) => !printed.has(statement))
    for (const statement of sent) printed.add(statement)
    text += `\n-- ${name}\n${sent.map((statement) => `${formatSql(statement)}\n`).join('\n')}`
  }
  await expect(text).toMatchFileSnapshot(`../../db/statements/${file}.sql`)
})

test('every function of db that reads or writes by itself has its statements printed', () => {
  const root = join(import.meta.dirname, '../..')
  const files = execFileSync('git', ['ls-files', 'db/*.ts'], { cwd: root, encoding: 'utf8' }).split('\n')
  const sending = files.flatMap((file) =>
    file === ''
      ? []
      : [
          ...readFileSync(join(root, file), 'utf8').matchAll(
            /^export (?:async )?function (\w+)(?:<.*>)?\(\s*db: Db\b/gm,
          ),
        ].map(([, name]) => name),
  )
  const printed = Object.values(statementCases).flatMap((cases) =>
    Object.keys(cases).map((name) => /^\w+/.exec(name)?.[0]),
  )
  // Migrations are SQL already; the retention calls pruneLog; `write` and `inSteps` run the statements of others.
  const others = [
    'migrateToLatest',
    'migrateExactlyTo',
    'pendingMigrations',
    'startRetention',
    'write',
    'limitWrites',
    'inSteps',
  ]
  expect([...new Set(printed), ...others].sort()).toEqual(sending.sort())
})
