import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, inject } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../../db/database.ts'
import { atEndOfFile } from './end-of-file.ts'
import { execute } from './execute.ts'
import { databaseUrl } from './urls.ts'

/** A migrated, empty database, which is there until the end of its test file. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  /** Opened at first use. */
  readonly database: DatabaseHandle
  /** Closes `database`. */
  close(): Promise<void>
  /** Closes `database` and removes the database at once, whoever is still connected to it. */
  drop(): Promise<void>
}

/** A database for the tests of a file or of a block: made before the first of them, closed after the last. */
export function useTestDatabase(): TestDatabase {
  let created: TestDatabase | undefined
  const running = (): TestDatabase => {
    if (!created)
      throw new Error('The database is made before the first test, not while tests are collected.')
    return created
  }
  beforeAll(async () => {
    created = await createTestDatabase()
  })
  afterAll(() => created?.close())
  return {
    get url() {
      return running().url
    },
    get database() {
      return running().database
    },
    close: () => running().close(),
    drop: () => running().drop(),
    [Symbol.asyncDispose]: () => running().close(),
  }
}

/**
 * Copies the migrated template of this run, which is far quicker than migrating anew, or another database that nobody
 * is connected to. The copy is dropped at the end
 * of the test file; if a test of the file failed, it is kept and named.
 */
export async function createTestDatabase(template = inject('templateName')): Promise<TestDatabase> {
  const clusterUrl = inject('clusterUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  // Files are copied as they are: a third of the work that logging each page of them is.
  await execute(clusterUrl, `create database ${name} template ${template} strategy file_copy`)
  const url = databaseUrl(clusterUrl, name)
  let opened: DatabaseHandle | undefined
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= opened?.close() ?? Promise.resolve()
    return closing
  }
  const drop = async () => {
    await close()
    await execute(clusterUrl, `drop database if exists ${name} with (force)`)
  }
  atEndOfFile(async (failedFile) => {
    if (failedFile === undefined) return drop()
    await close()
    await execute(clusterUrl, `comment on database ${name} is '${failedFile.replaceAll("'", "''")}'`).then(
      () => console.error(`The database ${name} is kept: a test of ${failedFile} failed.`),
      () => {}, // the test itself dropped it
    )
  })
  return {
    url,
    get database() {
      opened ??= openDatabase({ connectionString: url })
      return opened
    },
    close,
    drop,
    [Symbol.asyncDispose]: close,
  }
}
