import type { WebhookRow } from '../../db/webhook-tables.ts'
import type { AttemptRecord } from '../../db/webhooks/record.ts'

/** What is sent to an endpoint when somebody asks for it, outside of the order of events. */
export type WebhookProbe = 'verify' | 'test'

/** An endpoint, stored or about to be. */
export type ProbedWebhook = Pick<
  WebhookRow,
  'name' | 'url' | 'format' | 'secret' | 'previous_secret' | 'previous_until'
>

/** What the server does for the operations on webhooks. */
export interface WebhookDoor {
  /** Endpoints that there may be. */
  readonly mostWebhooks: number
  /** Why events cannot be sent to a URL, as the end of a sentence; undefined if they can, as far as it can be seen. */
  faultOf(url: string): string | undefined
  newSecret(): string
  /** Sends one message now, and waits for its outcome. `isRefused`: the host of the URL is not a public one. */
  probe(webhook: ProbedWebhook, probe: WebhookProbe): Promise<{ attempt: AttemptRecord; isRefused: boolean }>
  /** There may be something to deliver. */
  wake(): void
}
