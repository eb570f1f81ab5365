import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { Db } from '../../db/database.ts'
import { readMailBacklog } from '../../db/digest/deliveries.ts'
import { mailStatuses } from '../../db/mail-tables.ts'
import { countWebhooks } from '../../db/webhooks/endpoints.ts'
import type { MailMeter } from '../digest/sender.ts'
import type { WebhookMeter } from '../webhooks/service.ts'

/** What a server counts of the mail and of the webhooks that it sends. */
export interface DeliveryMeters {
  readonly mail: MailMeter
  readonly webhooks: WebhookMeter
}

export function countDeliveries(registry: Registry): DeliveryMeters {
  const registers = [registry]
  const mails = new Counter({
    name: 'daily_papers_mails_total',
    help: 'Mails of this server. outcome: sent, skipped (a digest with nothing to tell), failed (given up), or retried (an attempt after which the mail waits for another).',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of ['sent', 'skipped', 'failed', 'retried']) mails.inc({ outcome }, 0)
  const attempts = new Counter({
    name: 'daily_papers_webhook_attempts_total',
    help: 'Requests of this server to webhooks. outcome: succeeded or failed.',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of ['succeeded', 'failed']) attempts.inc({ outcome }, 0)
  return {
    mail: (outcome) => mails.inc({ outcome }),
    webhooks: (outcome) => attempts.inc({ outcome }),
  }
}

/** One reading serves all gauges of a scrape, and scrapes that come together. */
const readingMs = 1_000

/**
 * What waits in the database, the same on every server. While the database does not answer, these gauges are absent, and
 * the others are not.
 *
 * @param db with a short time limit for statements
 */
export function registerBacklogs(registry: Registry, db: Db): void {
  const webhooks = readTogether(() => countWebhooks(db))
  const mail = readTogether(() => readMailBacklog(db))
  function gauge<Reading, Label extends string>(
    read: () => Promise<Reading | undefined>,
    [name, help, label]: readonly [string, string, Label?],
    set: (gauge: Gauge<Label>, reading: Reading) => void,
  ): void {
    new Gauge<Label>({
      name: `daily_papers_${name}`,
      ...{ help, labelNames: label === undefined ? [] : [label], registers: [registry] },
      aggregator: 'max',
      async collect() {
        const reading = await read()
        this.reset()
        if (reading !== undefined) set(this, reading)
        else if (label === undefined) this.remove()
      },
    })
  }
  gauge(webhooks, ['webhooks', 'Webhooks by state: active, failing, disabled.', 'state'], (each, counts) => {
    for (const state of ['active', 'failing', 'disabled'] as const) each.set({ state }, counts[state])
  })
  gauge(webhooks, ['webhooks_due', 'Webhooks with events to look at now.'], (each, { due }) => each.set(due))
  gauge(
    webhooks,
    ['webhook_due_age_seconds', 'For how long the webhook that has waited longest is due; 0 if none is.'],
    (each, { oldestDueMs }) => each.set((oldestDueMs ?? 0) / 1000),
  )
  gauge(
    webhooks,
    ['webhook_lag_events', 'Events between the webhook that is furthest behind and the head of the feed.'],
    (each, { lag }) => each.set(lag),
  )
  gauge(mail, ['mail_readers', 'Readers of the digest by status.', 'status'], (each, { readers }) => {
    for (const status of mailStatuses) each.set({ status }, readers[status] ?? 0)
  })
  gauge(mail, ['mails_due', 'Mails that are to be sent now.'], (each, { due }) => each.set(due))
  gauge(mail, ['mails_retrying', 'Mails that wait for another attempt.'], (each, { retrying }) =>
    each.set(retrying),
  )
  gauge(
    mail,
    ['mail_due_age_seconds', 'For how long the mail that has waited longest is due; 0 if none is.'],
    (each, { oldest_due_ms }) => each.set((oldest_due_ms ?? 0) / 1000),
  )
}

/** Calls that come together are one; undefined where it fails. */
function readTogether<Reading>(read: () => Promise<Reading>): () => Promise<Reading | undefined> {
  let reading: Promise<Reading | undefined> | undefined
  return () => {
    if (!reading) {
      reading = read().catch(() => undefined)
      setTimeout(() => {
        reading = undefined
      }, readingMs).unref()
    }
    return reading
  }
}
