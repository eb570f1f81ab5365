import { buildSchema, parse, validate } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../../db/database.ts'
import { printClientSchema } from '../../schema/print.ts'
import { findFiles, readFiles } from '../../src/ingest/files.ts'
import { ingest } from '../../src/ingest/run.ts'
import { query, useTestApp } from '../support/app.ts'
import { capturedVariables, documents, documentsFolder, libraryVariables } from '../support/documents.ts'
import { plantLibrary } from '../support/library.ts'
import { daysFolder } from '../support/source-data.ts'

test.each(documents)('$name is valid', ({ text }) => {
  expect(validate(buildSchema(printClientSchema()), parse(text))).toEqual([])
})

/** What differs from run to run: where this database's feed stands. */
function stable(data: unknown): string {
  const text = JSON.stringify(data, (key, value) => (key === 'feedPosition' ? '(a cursor)' : value), 2)
  return `${text}\n`
}

describe('on the library of the tests', () => {
  const app = useTestApp()
  beforeAll(() => plantLibrary(app.db))

  test.each(documents)('$name gives the answer that is kept', async ({ name, text }) => {
    const data = await query(app, text, libraryVariables[name])
    await expect(stable(data)).toMatchFileSnapshot(`${documentsFolder}library/${name}.json`)
  })
})

describe('on responses of real days', () => {
  const app = useTestApp()
  beforeAll(() => ingestCaptured(app.db))

  test.each(documents)('$name gives the answer that is kept', async ({ name, text }) => {
    const data = await query(app, text, capturedVariables[name])
    await expect(stable(data)).toMatchFileSnapshot(`${documentsFolder}captured/${name}.json`)
  })
})

async function ingestCaptured(db: Db): Promise<void> {
  const { files } = await findFiles([daysFolder('captures'), daysFolder('later')])
  const streams = readFiles(files, {
    onFault: ({ message }) => expect.fail(message),
  })
  for await (const { source, readings } of streams) await ingest(db, source, readings)
}
