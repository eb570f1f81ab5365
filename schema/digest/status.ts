import { type MailState, readMailState } from '../../db/digest/deliveries.ts'
import { builder } from '../core/builder.ts'

const Digest = builder.objectRef<MailState>('Digest').implement({
  tag: 'operations',
  description: 'The digest by mail, in numbers.',
  fields: (t) => ({
    activeCount: t.exposeInt('active', { description: 'The number of readers who get it.' }),
    pendingCount: t.exposeInt('pending', {
      description: 'The number of readers who have not confirmed it yet.',
    }),
    suppressedCount: t.exposeInt('suppressed', {
      description: 'The number of readers whose mail came back or was called spam.',
    }),
    dueCount: t.exposeInt('due', { description: 'The number of mails that wait to be sent.' }),
    oldestDueAt: t.expose('oldest_due_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When the mail that waits longest was to be sent. Null if none waits.',
    }),
    sentCount: t.exposeInt('sent', { description: 'The number of mails sent in the last 90 days.' }),
    skippedCount: t.exposeInt('skipped', {
      description:
        'The number of digests in the last 90 days that had nothing to tell, so that no mail was sent.',
    }),
    failedCount: t.exposeInt('failed', {
      description: 'The number of mails of the last 90 days that could not be sent.',
    }),
  }),
})

builder.queryFields((t) => ({
  digest: t.field({
    tag: 'operations',
    authScopes: { admin: true },
    type: Digest,
    extensions: { cost: 20 },
    description: 'The digest by mail, in numbers. Requires a token with the role `admin`.',
    resolve: (_root, _args, { db }) => readMailState(db),
  }),
}))
