import { removeWebhook } from '../../db/webhooks/endpoints.ts'
import { builder } from '../core/builder.ts'
import { change, needsAdmin, probe } from './changes.ts'
import { doorOf, existingWebhook, webhookIdArgument } from './inputs.ts'
import {
  DeleteWebhookPayload,
  RotateWebhookSecretPayload,
  TestWebhookPayload,
  WebhookPayload,
} from './payloads.ts'

const hourMs = 3_600_000
const mostRotationHours = 720

builder.mutationFields((t) => ({
  disableWebhook: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: WebhookPayload,
    description: `Stops deliveries to a webhook. Its position is kept for \`enableWebhook\`. ${needsAdmin}`,
    args: { id: t.arg.id(webhookIdArgument) },
    resolve: async (_root, { id }, context) => {
      const row = await existingWebhook(id, context)
      const disabled = { disabled_at: new Date(), disabled_why: 'It was disabled by `disableWebhook`.' }
      return { webhook: await change(row.id, disabled, context) }
    },
  }),
  deleteWebhook: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: DeleteWebhookPayload,
    description: `Deletes a webhook and the record of its attempts. ${needsAdmin}`,
    args: { id: t.arg.id(webhookIdArgument) },
    resolve: async (_root, { id }, context) => {
      const row = await existingWebhook(id, context)
      await removeWebhook(context.db, row.id)
      return { deletedId: row.id }
    },
  }),
  rotateWebhookSecret: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: RotateWebhookSecretPayload,
    description: `Replaces the secret of a webhook, and returns the new one, which cannot be read again. For some hours deliveries are signed with both secrets, so that the endpoint can change over without a gap. ${needsAdmin}`,
    args: {
      id: t.arg.id(webhookIdArgument),
      keepPreviousHours: t.arg.int({
        required: true,
        defaultValue: 24,
        description: `Hours for which deliveries are also signed with the previous secret: 0 to ${mostRotationHours}.`,
        validate: {
          type: 'number',
          min: [0, { message: `pass 0 to ${mostRotationHours} hours.` }],
          max: [mostRotationHours, { message: `pass 0 to ${mostRotationHours} hours.` }],
        },
      }),
    },
    resolve: async (_root, { id, keepPreviousHours }, context) => {
      const row = await existingWebhook(id, context)
      const secret = doorOf(context).newSecret()
      const previousUntil = new Date(Date.now() + keepPreviousHours * hourMs)
      const changes = { secret, previous_secret: row.secret, previous_until: previousUntil }
      return { webhook: await change(row.id, changes, context), secret, previousUntil }
    },
  }),
  rewindWebhook: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: WebhookPayload,
    description: `Moves a webhook to a position in the feed, back to deliver events again, or forward to skip some. Events that are delivered again have the same \`webhook-id\`. ${needsAdmin}`,
    args: {
      id: t.arg.id(webhookIdArgument),
      after: t.arg({
        type: 'FeedCursor',
        required: true,
        description: 'The position to continue after: a cursor, `START` or `NOW`.',
      }),
    },
    resolve: async (_root, { id, after }, context) => {
      const row = await existingWebhook(id, context)
      const position = await context.feed.position(after)
      const cursor = context.feed.cursor(position)
      const place = { cursor, position: position.number, delivered_cursor: cursor }
      return { webhook: await change(row.id, place, context) }
    },
  }),
  testWebhook: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: TestWebhookPayload,
    description: `Sends \`webhook.test\` to a webhook at once, even if it is disabled, and waits for the outcome. ${needsAdmin}`,
    args: { id: t.arg.id(webhookIdArgument) },
    resolve: async (_root, { id }, context) => {
      const row = await existingWebhook(id, context)
      const { attempt } = await probe(row, 'test', context)
      return { attempt }
    },
  }),
}))
