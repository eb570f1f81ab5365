import type { WebhookRow } from '../../db/webhook-tables.ts'
import type { AttemptRecord } from '../../db/webhooks/record.ts'
import type { Clock } from '../clock.ts'
import type { WebhookMessage } from './messages.ts'
import type { Poster, PostOutcome } from './post.ts'
import { signatureHeader } from './signature.ts'

/** What sending needs to know of an endpoint. */
export type Destination = Pick<WebhookRow, 'url' | 'secret' | 'previous_secret' | 'previous_until'>

export interface Sent extends PostOutcome {
  /** For the record. */
  readonly attempt: AttemptRecord
}

/** Sends a message once, signed with each secret that is valid now. */
export async function sendMessage(
  poster: Poster,
  { url, secret, previous_secret, previous_until }: Destination,
  { event, id, body }: WebhookMessage,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Sent> {
  const now = clock.now()
  const timestampSeconds = Math.floor(now.getTime() / 1000)
  const isRotating = previous_secret !== null && previous_until !== null && previous_until > now
  const secrets = isRotating ? [secret, previous_secret] : [secret]
  const outcome = await poster.post({
    ...{ url, body, signal },
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': signatureHeader(secrets, { id, timestampSeconds, body }),
    },
  })
  const { status, durationMs, error, answer } = outcome
  return { ...outcome, attempt: { event, event_id: id, status, duration_ms: durationMs, error, answer } }
}
