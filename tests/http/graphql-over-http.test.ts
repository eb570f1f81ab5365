import { serverAudits } from 'graphql-http'
import { describe, expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'

const app = useTestApp()

describe('GraphQL over HTTP, as its conformance suite has it', () => {
  const audits = serverAudits({ url: () => app.endpoint, fetchFn: fetch })
  test.each(audits)('$name', async ({ fn }) => {
    const result = await fn()
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok')
  })
})
