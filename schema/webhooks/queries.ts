import { allWebhooks, countWebhooks, type WebhookCounts, webhookById } from '../../db/webhooks/endpoints.ts'
import { builder } from '../core/builder.ts'
import { itemCount } from '../core/paging.ts'
import { isWebhookId, webhookIdArgument } from './inputs.ts'
import { Webhook } from './webhook.ts'

const mostListed = 1_000

const WebhookState = builder.objectRef<WebhookCounts>('WebhookState').implement({
  tag: 'operations',
  description: 'How far deliveries to webhooks have come, for monitoring.',
  fields: (t) => ({
    activeCount: t.exposeInt('active', {
      description: 'The number of webhooks whose last attempt succeeded.',
    }),
    failingCount: t.exposeInt('failing', {
      description: 'The number of webhooks whose last attempt failed.',
    }),
    disabledCount: t.exposeInt('disabled', { description: 'The number of webhooks that receive no events.' }),
    dueCount: t.exposeInt('due', {
      description: 'The number of webhooks with events to look at now, those in delivery included.',
    }),
    inDeliveryCount: t.exposeInt('claimed', {
      description: 'The number of webhooks that a server is delivering to.',
    }),
    oldestDueSeconds: t.int({
      nullable: true,
      description: 'Whole seconds for which the webhook that has waited longest is due. Null if none is due.',
      resolve: ({ oldestDueMs }) => (oldestDueMs === null ? null : Math.floor(oldestDueMs / 1000)),
    }),
    lag: t.exposeInt('lag', {
      description:
        'The number of events of the feed after the position of the webhook that is furthest behind, disabled ones aside.',
    }),
  }),
})

builder.queryFields((t) => ({
  webhooks: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: [Webhook],
    extensions: { bound: mostListed, cost: 1 },
    listSize: { assumedSize: 100, slicingArguments: ['first'], requireOneSlicingArgument: false },
    description: 'Lists the webhooks by name. Requires a token with the role `admin`.',
    args: {
      first: t.arg.int({
        required: true,
        defaultValue: 100,
        description: `The maximum number of webhooks: 1 to ${mostListed}.`,
        validate: itemCount(mostListed),
      }),
    },
    resolve: (_root, { first }, { db }) => allWebhooks(db, first),
  }),
  webhook: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: Webhook,
    nullable: true,
    extensions: { cost: 1 },
    description: 'Returns a webhook by id, or null if none has it. Requires a token with the role `admin`.',
    args: { id: t.arg.id(webhookIdArgument) },
    resolve: async (_root, { id }, { db }) =>
      (isWebhookId(id) ? await webhookById(db, String(id)) : undefined) ?? null,
  }),
  webhookState: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: WebhookState,
    extensions: { cost: 2 },
    description:
      'Returns how many webhooks there are in each state, and how far deliveries are behind. Requires a token with the role `admin`.',
    resolve: (_root, _args, { db }) => countWebhooks(db),
  }),
}))
