import { type FeedEventKind, feedEventKinds } from '../../db/feed-tables.ts'
import type { WebhookAttemptRow, WebhookFormat, WebhookRow } from '../../db/webhook-tables.ts'
import { attemptsByWebhookIds } from '../../db/webhooks/endpoints.ts'
import { keptAttempts } from '../../db/webhooks/record.ts'
import { batched } from '../core/batch.ts'
import { builder } from '../core/builder.ts'
import { itemCount } from '../core/paging.ts'
import { FeedEventKindEnum } from '../feed/feed.ts'

export const WebhookFormatEnum = builder.enumType('WebhookFormat', {
  description: 'How events are written for a webhook.',
  values: {
    STANDARD: {
      value: 'standard',
      description: 'Standard Webhooks: one signed JSON object per event, with the data that `/feed` sends.',
    },
    SLACK: {
      value: 'slack',
      description: 'Messages for an incoming webhook of Slack: at most 10 papers, gathered for a minute.',
    },
    DISCORD: {
      value: 'discord',
      description: 'Messages for a webhook of Discord: at most 10 papers, gathered for a minute.',
    },
  } satisfies Record<string, { value: WebhookFormat; description: string }>,
})

const statuses = ['active', 'failing', 'disabled'] as const

const WebhookStatus = builder.enumType('WebhookStatus', {
  description: 'Whether a webhook receives events.',
  values: {
    ACTIVE: { value: 'active', description: 'The last attempt succeeded, or there was none.' },
    FAILING: { value: 'failing', description: 'The last attempt failed. It is repeated at `nextAttemptAt`.' },
    DISABLED: {
      value: 'disabled',
      description: 'No events are sent. The position is kept: `enableWebhook` continues without a gap.',
    },
  } satisfies Record<string, { value: (typeof statuses)[number]; description: string }>,
})

/** An attempt, whether its record has been read again or not. */
export type AttemptShape = Omit<WebhookAttemptRow, 'webhook_id' | 'slot' | 'number'>

export const WebhookAttempt = builder.objectRef<AttemptShape>('WebhookAttempt').implement({
  description: 'A request to a webhook, with its outcome.',
  fields: (t) => ({
    attemptedAt: t.expose('attempted_at', {
      type: 'DateTime',
      description: 'When the outcome was recorded.',
    }),
    event: t.exposeString('event', {
      description:
        'The `type` of the message: `paper.ingested`, `paper.updated`, `paper.listed`, `paper.withdrawn`, `feed.reset`, `webhook.verify`, `webhook.test`; or `papers` for a message to a chat.',
    }),
    eventId: t.exposeString('event_id', {
      description: 'The header `webhook-id` of the message, which is the same in each attempt to deliver it.',
    }),
    succeeded: t.boolean({
      description: 'Whether the endpoint answered with a status of 2xx in time.',
      resolve: ({ error }) => error === null,
    }),
    status: t.exposeInt('status', {
      nullable: true,
      description: 'The HTTP status of the answer. Null if there was none.',
    }),
    durationMs: t.exposeInt('duration_ms', {
      description: 'Milliseconds until the answer, or until the attempt failed.',
    }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why the attempt failed, in a sentence. Null if it succeeded.',
    }),
    answer: t.exposeString('answer', {
      nullable: true,
      description: 'The first 1000 characters of the body of the answer. Null if there was none.',
    }),
  }),
})

export const Webhook = builder.objectRef<WebhookRow>('Webhook').implement({
  tag: 'operations',
  description:
    'An HTTP endpoint to which the server delivers the events of the feed: at least once, in order, one request at a time. Its URL and its secret cannot be read.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id. Pass it to the mutations on webhooks.' }),
    name: t.exposeString('name', { description: 'The name, unique among webhooks.' }),
    host: t.string({
      description: 'The host and the port in the URL. The rest of the URL may be a secret, and is not shown.',
      resolve: ({ url }) => new URL(url).host,
    }),
    format: t.expose('format', { type: WebhookFormatEnum, description: 'How events are written.' }),
    kinds: t.field({
      type: [FeedEventKindEnum],
      nullable: true,
      extensions: { bound: feedEventKinds.length },
      description: 'The kinds of events that are delivered. Null for all.',
      resolve: ({ kinds }) => kinds as FeedEventKind[] | null,
    }),
    filter: t.string({
      description: 'The `PaperFilter` that papers have to match, as JSON; `{}` for all papers.',
      resolve: ({ filter }) => JSON.stringify(filter),
    }),
    status: t.field({
      type: WebhookStatus,
      description: 'Whether it receives events.',
      resolve: ({ disabled_at, failing_since }) =>
        disabled_at ? 'disabled' : failing_since ? 'failing' : 'active',
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was created.' }),
    cursor: t.expose('cursor', {
      type: 'FeedCursor',
      description: 'The position in the feed up to which events were delivered, or did not match.',
    }),
    deliveredCount: t.exposeInt('deliveries', { description: 'The number of events delivered so far.' }),
    failureCount: t.exposeInt('failures', {
      description: 'The number of attempts that failed since one succeeded.',
    }),
    failingSince: t.expose('failing_since', {
      type: 'DateTime',
      nullable: true,
      description: 'When the first of these attempts failed. Null if the last attempt succeeded.',
    }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the attempt that failed is repeated. Null unless `status` is FAILING.',
      resolve: ({ disabled_at, failing_since, next_attempt_at }) =>
        failing_since && !disabled_at ? next_attempt_at : null,
    }),
    disabledAt: t.expose('disabled_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was disabled. Null unless `status` is DISABLED.',
    }),
    disabledReason: t.exposeString('disabled_why', {
      nullable: true,
      description: 'Why it is disabled, in a sentence. Null unless `status` is DISABLED.',
    }),
    attempts: t.field({
      type: [WebhookAttempt],
      extensions: { bound: keptAttempts, cost: 1 },
      listSize: { assumedSize: 10, slicingArguments: ['first'], requireOneSlicingArgument: false },
      description: `The latest attempts, newest first. The last ${keptAttempts} are kept.`,
      args: {
        first: t.arg.int({
          required: true,
          defaultValue: 10,
          description: `The maximum number of attempts: 1 to ${keptAttempts}.`,
          validate: itemCount(keptAttempts),
        }),
      },
      resolve: async ({ id }, { first }, context) => {
        const found = await batched(context, `${first} attempts of webhooks`, id, async (ids) => {
          const attempts = await attemptsByWebhookIds(context.db, ids, first)
          return Map.groupBy(attempts, ({ webhook_id }) => webhook_id)
        })
        return found ?? []
      },
    }),
  }),
})
