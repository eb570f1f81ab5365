import type { FeedEventKind } from '../../db/feed-tables.ts'
import { canonicalFilter, type PaperFilter } from '../../db/search/filter.ts'
import { insertWebhook, removeWebhook } from '../../db/webhooks/endpoints.ts'
import { builder } from '../core/builder.ts'
import { ApiError } from '../core/errors.ts'
import { FeedEventKindEnum } from '../feed/feed.ts'
import { PaperFilterInput, requireSearchable } from '../filter.ts'
import { change, needsAdmin, probe } from './changes.ts'
import {
  doorOf,
  existingWebhook,
  nameTaken,
  refusedTarget,
  requireTarget,
  webhookIdArgument,
  webhookName,
} from './inputs.ts'
import { CreateWebhookPayload, VerifiedWebhookPayload } from './payloads.ts'
import { WebhookFormatEnum } from './webhook.ts'

const unverified = 'The endpoint has not answered webhook.verify with a status of 2xx yet.'

const verifies =
  'The server sends `webhook.verify` to the endpoint; once that is answered with a status of 2xx, the webhook is active.'

builder.mutationFields((t) => ({
  createWebhook: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: CreateWebhookPayload,
    description: `Creates a webhook, and returns the secret of its signatures, which cannot be read again. ${verifies} An endpoint that checks signatures does not know the secret yet: configure it there, then call \`enableWebhook\`. ${needsAdmin}`,
    args: {
      name: t.arg.string({
        required: true,
        description: 'A name to recognize it by, unique among webhooks, of at most 100 characters.',
        validate: webhookName,
      }),
      url: t.arg({
        type: 'URL',
        required: true,
        description: 'The URL to send events to: `https`, and reachable from the internet.',
      }),
      format: t.arg({
        type: WebhookFormatEnum,
        required: true,
        defaultValue: 'standard',
        description: 'How events are written.',
      }),
      kinds: t.arg({
        type: [FeedEventKindEnum],
        description: 'Only events of these kinds. Omit it for all kinds, or for LISTED alone in chats.',
      }),
      filter: t.arg({
        type: PaperFilterInput,
        description: 'Only events of papers that `papers(filter:)` would return when the event is sent.',
      }),
      after: t.arg({
        type: 'FeedCursor',
        required: true,
        defaultValue: 'NOW',
        description: 'The position in the feed to begin after.',
      }),
    },
    resolve: async (_root, args, context) => {
      const door = doorOf(context)
      requireTarget(args.url, door)
      const position = await context.feed.position(args.after)
      const cursor = context.feed.cursor(position)
      const { name, url, format } = args
      const kinds = args.kinds ?? (format === 'standard' ? null : (['listed'] satisfies FeedEventKind[]))
      const row = await insertWebhook(
        context.db,
        {
          ...{ name, url, format, kinds, filter: storedFilter(args.filter), secret: door.newSecret() },
          ...{ cursor, position: position.number, delivered_cursor: cursor },
          ...{ disabled_at: new Date(), disabled_why: unverified },
        },
        door.mostWebhooks,
      )
      if (row === 'name taken') return nameTaken()
      if (row === 'too many')
        throw new ApiError(
          'TOO_MANY_WEBHOOKS',
          `There are ${door.mostWebhooks} webhooks already. Delete one, or ask the operator of this server to raise MAX_WEBHOOKS.`,
        )
      const { attempt, isRefused } = await probe(row, 'verify', context)
      if (isRefused) {
        await removeWebhook(context.db, row.id)
        throw refusedTarget(attempt.error)
      }
      const webhook = attempt.error === null ? await change(row.id, active, context) : row
      return { webhook, secret: row.secret, verification: attempt }
    },
  }),
  updateWebhook: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: VerifiedWebhookPayload,
    description: `Changes a webhook. What is omitted stays the same. With another URL, it is verified again: ${verifies} Until then it is disabled. ${needsAdmin}`,
    args: {
      id: t.arg.id(webhookIdArgument),
      name: t.arg.string({ description: 'Another name.', validate: webhookName }),
      url: t.arg({ type: 'URL', description: 'Another URL.' }),
      kinds: t.arg({ type: [FeedEventKindEnum], description: 'Other kinds of events; null for all kinds.' }),
      filter: t.arg({ type: PaperFilterInput, description: 'Another filter; null for all papers.' }),
    },
    resolve: async (_root, args, context) => {
      const row = await existingWebhook(args.id, context)
      const changes = {
        ...(args.name != null && { name: args.name }),
        ...(args.kinds !== undefined && { kinds: args.kinds }),
        ...(args.filter !== undefined && { filter: storedFilter(args.filter) }),
      }
      if (args.url == null) return { webhook: await change(row.id, changes, context), verification: null }
      requireTarget(args.url, doorOf(context))
      const { attempt, isRefused } = await probe({ ...row, url: args.url }, 'verify', context)
      if (isRefused) throw refusedTarget(attempt.error)
      const state =
        attempt.error === null
          ? active
          : { disabled_at: row.disabled_at ?? new Date(), disabled_why: unverified }
      const webhook = await change(row.id, { ...changes, url: args.url, ...state }, context)
      return { webhook, verification: attempt }
    },
  }),
  enableWebhook: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: VerifiedWebhookPayload,
    description: `Enables a webhook that is disabled, or repeats a failed attempt at once. ${verifies} It continues from its position, so that no event is missed; \`rewindWebhook\` moves that. ${needsAdmin}`,
    args: { id: t.arg.id(webhookIdArgument) },
    resolve: async (_root, { id }, context) => {
      const row = await existingWebhook(id, context)
      const { attempt } = await probe(row, 'verify', context)
      const webhook = attempt.error === null ? await change(row.id, active, context) : row
      return { webhook, verification: attempt }
    },
  }),
}))

const active = { disabled_at: null, disabled_why: null, failing_since: null, failures: 0 }

/** The filter as it was given, for it is read as this version of the server reads filters. */
function storedFilter(filter: PaperFilter | null | undefined): string {
  requireSearchable(canonicalFilter(filter ?? {}))
  return JSON.stringify(filter ?? {})
}
