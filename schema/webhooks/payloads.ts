import type { WebhookRow } from '../../db/webhook-tables.ts'
import { builder } from '../core/builder.ts'
import { type AttemptShape, Webhook, WebhookAttempt } from './webhook.ts'

interface Changed {
  readonly webhook: WebhookRow
}
interface Verified extends Changed {
  readonly verification: AttemptShape | null
}

const webhook = 'The webhook as it is now.'

export const WebhookPayload = builder.objectRef<Changed>('WebhookPayload').implement({
  description: 'The result of `disableWebhook` and `rewindWebhook`.',
  fields: (t) => ({ webhook: t.expose('webhook', { type: Webhook, description: webhook }) }),
})

export const VerifiedWebhookPayload = builder.objectRef<Verified>('VerifiedWebhookPayload').implement({
  description: 'The result of `updateWebhook` and `enableWebhook`.',
  fields: (t) => ({
    webhook: t.expose('webhook', { type: Webhook, description: webhook }),
    verification: t.expose('verification', {
      type: WebhookAttempt,
      nullable: true,
      description: 'The outcome of `webhook.verify`. Null if it was not sent, because the URL is unchanged.',
    }),
  }),
})

export const CreateWebhookPayload = builder
  .objectRef<Changed & { secret: string; verification: AttemptShape }>('CreateWebhookPayload')
  .implement({
    description: 'The result of `createWebhook`.',
    fields: (t) => ({
      webhook: t.expose('webhook', { type: Webhook, description: webhook }),
      secret: t.exposeString('secret', {
        description: 'The secret with which deliveries are signed: `whsec_` and base64. Keep it now.',
      }),
      verification: t.expose('verification', {
        type: WebhookAttempt,
        description: 'The outcome of `webhook.verify`. If it failed, the webhook is disabled.',
      }),
    }),
  })

export const RotateWebhookSecretPayload = builder
  .objectRef<Changed & { secret: string; previousUntil: Date }>('RotateWebhookSecretPayload')
  .implement({
    description: 'The result of `rotateWebhookSecret`.',
    fields: (t) => ({
      webhook: t.expose('webhook', { type: Webhook, description: webhook }),
      secret: t.exposeString('secret', { description: 'The new secret. Keep it now.' }),
      previousUntil: t.expose('previousUntil', {
        type: 'DateTime',
        description: 'Until when deliveries are also signed with the previous secret.',
      }),
    }),
  })

export const DeleteWebhookPayload = builder
  .objectRef<{ deletedId: string }>('DeleteWebhookPayload')
  .implement({
    description: 'The result of `deleteWebhook`.',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', { description: 'The id of the webhook that was deleted.' }),
    }),
  })

export const TestWebhookPayload = builder
  .objectRef<{ attempt: AttemptShape }>('TestWebhookPayload')
  .implement({
    description: 'The result of `testWebhook`.',
    fields: (t) => ({
      attempt: t.expose('attempt', { type: WebhookAttempt, description: 'The request and its outcome.' }),
    }),
  })
