import { createHmac, randomBytes } from 'node:crypto'

/** What Standard Webhooks writes before a secret. */
const prefix = 'whsec_'
/** The specification asks for 24 to 64. */
const secretBytes = 32

export function newWebhookSecret(): string {
  return prefix + randomBytes(secretBytes).toString('base64')
}

/** The part of a message that is signed. */
export interface SignedParts {
  /** Without a full stop, which separates the parts. */
  readonly id: string
  readonly timestampSeconds: number
  readonly body: string
}

/**
 * The header `webhook-signature` of Standard Webhooks 1.0: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64,
 * for each secret, separated by spaces. A receiver accepts a message if one of them is right.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeader(
  secrets: readonly string[],
  { id, timestampSeconds, body }: SignedParts,
): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(prefix.length), 'base64')
      return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`
    })
    .join(' ')
}
