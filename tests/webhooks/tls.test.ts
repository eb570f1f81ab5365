import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CliProcess, startCli } from '../support/cli.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { ingestPaper } from '../support/feed.ts'
import { startReceiver, verifySignature } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook } from '../support/webhooks.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-tls-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A certificate for a host, signed by itself or by another one of the folder. */
function certificate(name: string, host: string, issuer?: string) {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const extensions = join(folder, `${name}.ext`)
  writeFileSync(
    extensions,
    `subjectAltName=${host}\nbasicConstraints=CA:${issuer === undefined ? 'TRUE' : 'FALSE'}\n`,
  )
  const request = join(folder, `${name}.csr`)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', request, '-subj', `/CN=${name}`)
  const signer =
    issuer === undefined
      ? ['-signkey', key]
      : ['-CA', join(folder, `${issuer}.crt`), '-CAkey', join(folder, `${issuer}.key`), '-CAcreateserial']
  openssl('x509', '-req', '-in', request, '-out', cert, '-days', '2', '-extfile', extensions, ...signer)
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

describe.skipIf(!hasOpenssl)('an endpoint with TLS', () => {
  const started = {} as { database: TestDatabase; server: CliProcess; endpoint: string; token: string }
  beforeAll(async () => {
    certificate('authority', 'DNS:authority.test')
    const database = await createTestDatabase()
    const env = {
      ...{ DATABASE_URL: database.url, PORT: '0', PLANT_SEEDS: 'off', WEBHOOK_ALLOW_PRIVATE: 'on' },
      NODE_EXTRA_CA_CERTS: join(folder, 'authority.crt'),
    }
    const server = startCli(['serve'], { cwd: folder, env })
    const [, port] = await server.said(/localhost:(\d+)\/graphql/)
    const token = await adminToken(database.database.db)
    Object.assign(started, { database, server, token, endpoint: `http://127.0.0.1:${port}/graphql` })
  })
  afterAll(async () => {
    await started.server?.[Symbol.asyncDispose]()
    await started.database?.close()
  })

  test('gets events if an authority that the server trusts has signed its certificate', async () => {
    await using receiver = await startReceiver(certificate('right', 'IP:127.0.0.1', 'authority'))
    const { verification, secret } = await createWebhook(started, started.token, { url: receiver.url })
    expect(verification).toEqual({ succeeded: true, status: 200, error: null })
    await ingestPaper(started.database.database.db, 'Over TLS')
    const [event] = await receiver.accepts(1)
    expect(event?.json.data.paper.title).toBe('Over TLS')
    if (event) verifySignature(event, secret)
  })

  test.each([
    ['nobody known has signed it', 'IP:127.0.0.1', undefined, /self-signed|self signed|unable to verify/],
    ['it is for another host', 'DNS:other.test', 'authority', /IP: 127\.0\.0\.1 is not in the cert/],
  ])('gets nothing, and is told why, if %s', async (_what, host, issuer, reason) => {
    await using receiver = await startReceiver(certificate(`wrong ${host}`, host, issuer))
    const { verification, webhook } = await createWebhook(started, started.token, { url: receiver.url })
    expect(webhook.status).toBe('DISABLED')
    expect(verification).toMatchObject({ succeeded: false, status: null })
    expect(verification.error).toMatch(
      /^The certificate of the endpoint is not valid: .*NODE_EXTRA_CA_CERTS adds authorities\.$/,
    )
    expect(verification.error).toMatch(reason)
    expect(receiver.received).toEqual([])
  })
})
