import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { execute } from '../support/execute.ts'
import { runMain } from '../support/main.ts'
import { databaseUrl } from '../support/urls.ts'

const cwd = mkdtempSync(join(tmpdir(), 'daily-papers-refusals-'))
afterAll(() => rmSync(cwd, { recursive: true }))

/** A new database without our schema. */
async function emptyDatabase(options = ''): Promise<{ name: string; url: string }> {
  const clusterUrl = inject('clusterUrl')
  const name = `bare_${randomBytes(6).toString('hex')}`
  await execute(clusterUrl, `create database ${name} template template0 ${options}`)
  onTestFinished(async () => {
    await execute(clusterUrl, `drop database if exists ${name} with (force)`)
  })
  return { name, url: databaseUrl(clusterUrl, name) }
}

/** The connection string for a role that was made for one test, and owns nothing. */
async function asRole(url: string): Promise<{ role: string; url: string }> {
  const role = `app_${randomBytes(6).toString('hex')}`
  await execute(url, `create role ${role} login password 'app'`)
  onTestFinished(async () => {
    await execute(url, `drop owned by ${role}; drop role ${role}`).catch(() => {})
  })
  const own = new URL(url)
  if (own.searchParams.has('user')) own.searchParams.set('user', role)
  else own.username = role
  own.password = 'app'
  return { role, url: own.href }
}

async function refusalOf(url: string): Promise<string> {
  const { code, stderr } = await runMain(['migrate'], { cwd, env: { DATABASE_URL: url } })
  expect([code, stderr.trim().split('\n').length]).toEqual([1, 1])
  return stderr
}

const works = async (url: string) => {
  const { code, stderr } = await runMain(['migrate'], { cwd, env: { DATABASE_URL: url } })
  expect([code, stderr]).toEqual([0, ''])
}

describe('a database that would answer wrongly later is refused at the start', () => {
  test.each(['LATIN1', 'SQL_ASCII', 'WIN1252'])('encoding %s', async (encoding) => {
    const { url } = await emptyDatabase(`encoding '${encoding}' locale 'C'`)
    expect(await refusalOf(url)).toBe(
      `The database has the encoding ${encoding}, but UTF8 is needed. Create one with: create database papers encoding 'UTF8' locale 'C.UTF-8' template template0; and name it in DATABASE_URL.\n`,
    )
  })

  test('encoding UTF8 with the locale C is taken', async () => {
    const { url } = await emptyDatabase(`encoding 'UTF8' locale 'C'`)
    await works(url)
  })
})

describe('a migration that fails is named, with what to grant', () => {
  test('no right on the schema', async () => {
    const { url: ownerUrl } = await emptyDatabase()
    const { url } = await asRole(ownerUrl)
    expect(await refusalOf(url)).toContain(
      ': Migration 0001_papers failed: permission denied for schema public. Run as the owner of the database: grant usage, create on schema public to the user of DATABASE_URL.',
    )
  })

  test('no right to create an extension; once they are there, it goes on', async () => {
    const { url: ownerUrl } = await emptyDatabase()
    const { role, url } = await asRole(ownerUrl)
    await execute(ownerUrl, `grant create on schema public to ${role}`)
    expect(await refusalOf(url)).toMatch(
      /: Migration 0001_papers failed: permission denied to create extension "unaccent"\. .*create extension unaccent; create extension pg_trgm;/,
    )
    await execute(ownerUrl, 'create extension unaccent; create extension pg_trgm')
    await works(url)
  })

  test('extensions in a schema that the search path does not reach are found, and a missing right on it is named', async () => {
    const { url: ownerUrl } = await emptyDatabase()
    const { role, url } = await asRole(ownerUrl)
    await execute(ownerUrl, `grant create on schema public to ${role}; create schema extensions`)
    await execute(
      ownerUrl,
      'create extension unaccent schema extensions; create extension pg_trgm schema extensions',
    )
    expect(await refusalOf(url)).toMatch(/unaccent|schema extensions/)
    await execute(ownerUrl, `grant usage on schema extensions to ${role}`)
    await works(url)
  })

  test('a table of another program', async () => {
    const { url } = await emptyDatabase()
    await execute(url, 'create table account (id integer)')
    expect(await refusalOf(url)).toContain(
      ': Migration 0001_papers failed: relation "account" already exists: it belongs to another program. Create a database for daily-papers alone',
    )
  })

  test('migrations of another program', async () => {
    const { url } = await emptyDatabase()
    await execute(url, `create table kysely_migration (name varchar primary key, timestamp varchar)`)
    await execute(url, `insert into kysely_migration values ('2020_shop', '2020-01-01T00:00:00Z')`)
    expect(await refusalOf(url)).toContain('another program keeps its migrations in it (2020_shop).')
  })

  test('a schema of a newer version', async () => {
    const { url } = await createTestDatabase()
    await execute(url, `insert into kysely_migration values ('0099_x', '2036-01-01T00:00:00Z')`)
    expect(await refusalOf(url)).toContain(
      ': it was migrated by a newer daily-papers (migration 0099_x). Use that version or a newer one.',
    )
  })
})

test('a database that goes away while the program works with it is told with the next step', async () => {
  const { url } = await createTestDatabase()
  await execute(
    url,
    `alter table access_token rename to kept;
     create view access_token as
       with gone as materialized (select pg_terminate_backend(pg_backend_pid()))
       select kept.* from gone left join kept on true`,
  )
  const { code, stderr } = await runMain(['token', 'list'], { cwd, env: { DATABASE_URL: url } })
  expect([code, stderr]).toEqual([
    1,
    'The connection to the database was lost (terminating connection due to administrator command). Check that Postgres runs, then start the program again.\n',
  ])
})
