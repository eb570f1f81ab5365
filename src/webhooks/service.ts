import type { GraphQLSchema } from 'graphql'
import type { Db } from '../../db/database.ts'
import type { Feed } from '../../db/feed/feed.ts'
import { startOutboxWorker } from '../../db/outbox/worker.ts'
import type { WebhookRow } from '../../db/webhook-tables.ts'
import { webhookOutbox } from '../../db/webhooks/outbox.ts'
import { OutcomeRecorder } from '../../db/webhooks/recorder.ts'
import type { WebhookDoor } from '../../schema/core/webhook-door.ts'
import { type Clock, every } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import { logFailure } from '../log-failure.ts'
import { feedFormat } from '../subscriptions/execution.ts'
import { userAgentOf } from '../user-agent.ts'
import { type AttemptOutcome, deliverTo } from './deliver.ts'
import { EventBodies } from './event-bodies.ts'
import { testMessage, verifyMessage } from './messages.ts'
import { createPoster, type Poster } from './post.ts'
import { sendMessage } from './send.ts'
import { newWebhookSecret } from './signature.ts'
import { faultOfTarget } from './target.ts'

export interface WebhookServiceOptions {
  readonly schema: GraphQLSchema
  readonly db: Db
  /** For claims and records: with connections of its own, so that they queue behind nothing. */
  readonly headDb: Db
  readonly feed: Feed
  readonly config: Pick<Config, 'webhooks' | 'limits' | 'upstreams' | 'shutdownMs'>
  readonly clock: Clock
  readonly log: Logger
  readonly meter: WebhookMeter
}

/** Counts a request to an endpoint. */
export type WebhookMeter = (outcome: 'succeeded' | 'failed') => void

export interface WebhookService {
  readonly door: WebhookDoor
  /** Endpoints that are delivered to at this moment. */
  readonly running: number
  /** Delivers nothing more; lets the requests that are running finish for as long as the settings say. */
  close(): Promise<void>
}

const dropIntervalMs = 1_000
const retryMs = 2_000

/** Delivers events to webhooks, beside any number of other servers. Without webhooks it looks for some now and then. */
export function startWebhooks(options: WebhookServiceOptions): WebhookService {
  const { db, headDb, feed, config, clock, log, meter } = options
  const { isSending, concurrency, leaseMs, gatherMs } = config.webhooks
  const poster = posterFor(config)
  const onAttempt = (webhook: WebhookRow, outcome: AttemptOutcome) => {
    meter(outcome.attempt?.error === null ? 'succeeded' : 'failed')
    report(log, webhook, outcome)
  }
  const format = feedFormat(log, config.limits.answerBytes)
  const bodies = new EventBodies({ schema: options.schema, db, feed, format, clock })
  const recorder = new OutcomeRecorder(headDb)
  const services = { feed, bodies, poster, recorder, clock, gatherMs, onAttempt }
  const worker = isSending
    ? startOutboxWorker({
        ...{ db: headDb, outbox: webhookOutbox, concurrency, leaseMs, retryMs },
        work: (webhook, control) => deliverTo(webhook, control, services),
        onError: (error) => logFailure(log, 'Webhooks could not be delivered, retrying.', { error }),
      })
    : undefined
  const stopWatching = feed.watch(() => worker?.wake())
  const stopDropping = every(clock, dropIntervalMs, () => bodies.dropOld())
  let closing: Promise<void> | undefined
  async function closeAll(): Promise<void> {
    stopWatching()
    stopDropping()
    await worker?.close(config.shutdownMs)
    poster.close()
  }
  return {
    get running() {
      return worker?.running ?? 0
    },
    door: webhookDoor(config, poster, clock, () => worker?.wake()),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}

/** What operations on webhooks and the command line need, without delivering anything. */
export function webhookDoor(
  { webhooks }: Pick<Config, 'webhooks'>,
  poster: Poster,
  clock: Clock,
  wake: () => void = () => {},
): WebhookDoor {
  return {
    mostWebhooks: webhooks.most,
    faultOf: (url) => faultOfTarget(url, webhooks.rules),
    newSecret: newWebhookSecret,
    wake,
    probe(webhook, probe) {
      const messageOf = probe === 'verify' ? verifyMessage : testMessage
      return sendMessage(poster, webhook, messageOf(webhook.format, webhook.name, clock.now()), clock)
    },
  }
}

export function posterFor({ webhooks, upstreams }: Pick<Config, 'webhooks' | 'upstreams'>): Poster {
  const { rules, timeoutMs } = webhooks
  return createPoster({ rules, timeoutMs, userAgent: userAgentOf(rules.publicUrl ?? upstreams.contact) })
}

/** One line when an endpoint begins to fail, when it works again, and when it is given up. No URL: it may be a secret. */
function report(log: Logger, { id, name, failing_since }: WebhookRow, outcome: AttemptOutcome): void {
  const { attempt, disabledWhy } = outcome
  const facts = { webhook: name, id }
  if (disabledWhy !== undefined) log.warn('A webhook is disabled.', { ...facts, reason: disabledWhy })
  else if (attempt?.error != null && failing_since === null)
    log.warn('A webhook fails, retrying.', { ...facts, reason: attempt.error })
  else if (attempt?.error === null && failing_since !== null) log.info('A webhook works again.', facts)
}
