import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.close())

describe('GraphQL over HTTP, as its conformance suite has it', () => {
  const audits = serverAudits({ url: () => app.endpoint, fetchFn: fetch })
  test.each(audits)('$name', async ({ fn }) => {
    const result = await fn()
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok')
  })
})
