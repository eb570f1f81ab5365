import type { WebhookRow } from '../../db/webhook-tables.ts'
import { changeWebhook } from '../../db/webhooks/endpoints.ts'
import { noteAttempt } from '../../db/webhooks/record.ts'
import { forgetLoaded } from '../core/batch.ts'
import type { Context } from '../core/context.ts'
import type { ProbedWebhook, WebhookProbe } from '../core/webhook-door.ts'
import { doorOf, nameTaken, unknownWebhook } from './inputs.ts'
import type { AttemptShape } from './webhook.ts'

export const needsAdmin = 'Requires a token with the role `admin`.'

/** Sends a message now and notes the attempt. */
export async function probe(
  webhook: ProbedWebhook & Pick<WebhookRow, 'id'>,
  kind: WebhookProbe,
  context: Context,
): Promise<{ attempt: AttemptShape; isRefused: boolean }> {
  const { attempt, isRefused } = await doorOf(context).probe(webhook, kind)
  if (!isRefused) await noteAttempt(context.db, webhook.id, attempt)
  return { attempt: { ...attempt, attempted_at: new Date() }, isRefused }
}

export async function change(
  id: string,
  changes: Parameters<typeof changeWebhook>[2],
  context: Context,
): Promise<WebhookRow> {
  const webhook = await changeWebhook(context.db, id, changes)
  if (webhook === 'name taken') return nameTaken()
  if (!webhook) return unknownWebhook()
  // A mutation before this one in the same document may have read its attempts.
  forgetLoaded(context)
  doorOf(context).wake()
  return webhook
}
