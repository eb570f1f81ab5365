import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../../db/database.ts'
import { databaseUrl } from './urls.ts'

/** A migrated, empty database of one test file. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  /** Opened at first use. */
  readonly database: DatabaseHandle
  /** Closes `database` and removes the database, whoever is still connected to it. */
  drop(): Promise<void>
}

/** Copies the migrated template of this run, which is far quicker than migrating anew. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const clusterUrl = inject('clusterUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  await execute(clusterUrl, `create database ${name} template ${inject('templateName')}`)
  const url = databaseUrl(clusterUrl, name)
  let opened: DatabaseHandle | undefined
  let dropping: Promise<void> | undefined
  const drop = () => {
    dropping ??= (async () => {
      await opened?.close()
      await execute(clusterUrl, `drop database if exists ${name} with (force)`)
    })()
    return dropping
  }
  return {
    url,
    get database() {
      opened ??= openDatabase({ connectionString: url })
      return opened
    },
    drop,
    [Symbol.asyncDispose]: drop,
  }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
