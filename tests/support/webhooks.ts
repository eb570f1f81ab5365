import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { createAccessToken } from '../../db/access-tokens.ts'
import type { Db } from '../../db/database.ts'
import { hashOfToken, newAccessToken } from '../../src/access-token.ts'
import { query, type TestApp } from './app.ts'

/** Settings with which webhooks reach the receivers of tests. */
export const webhookSettings = { WEBHOOK_ALLOW_HTTP: 'on', WEBHOOK_ALLOW_PRIVATE: 'on' } as const

/** A token for the operations on webhooks. */
export async function adminToken(db: Db, name = 'webhooks'): Promise<string> {
  const token = newAccessToken()
  await createAccessToken(db, { name, role: 'admin', hash: hashOfToken(token), expiresAt: null })
  return token
}

export interface CreatedWebhook {
  readonly webhook: { readonly id: string; readonly status: string; readonly disabledReason: string | null }
  readonly secret: string
  readonly verification: {
    readonly succeeded: boolean
    readonly status: number | null
    readonly error: string | null
  }
}

const create = `mutation ($name: String!, $url: URL!, $format: WebhookFormat!, $kinds: [FeedEventKind!], $filter: PaperFilter, $after: FeedCursor!) {
  createWebhook(name: $name, url: $url, format: $format, kinds: $kinds, filter: $filter, after: $after) {
    webhook { id status disabledReason } secret verification { succeeded status error }
  }
}`

/** Creates a webhook by the mutation; its name is that of the URL unless told otherwise. */
export async function createWebhook(
  app: Pick<TestApp, 'endpoint'>,
  token: string,
  variables: { readonly url: string; readonly [name: string]: unknown },
): Promise<CreatedWebhook> {
  const all = { name: variables.url, format: 'STANDARD', after: 'NOW', ...variables }
  return (await query<{ createWebhook: CreatedWebhook }>(app, create, all, token)).createWebhook
}

/**
 * Has failed attempts repeated now instead of later, until what is waited for has happened: one that is under way may
 * still put its time off.
 */
export async function repeatUntil<Value>(
  app: Pick<TestApp, 'db' | 'webhooks'>,
  happened: Promise<Value>,
): Promise<Value> {
  const done = new AbortController()
  const outcome = happened.finally(() => done.abort())
  while (!done.signal.aborted) {
    await sql`update webhook set next_attempt_at = now()`.execute(app.db)
    app.webhooks.door.wake()
    await sleep(200, undefined, { signal: done.signal }).catch(() => {})
  }
  return outcome
}
