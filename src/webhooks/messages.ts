import { randomUUID } from 'node:crypto'
import type { FeedCursorError } from '../../db/feed/cursor.ts'
import type { FeedEventKind } from '../../db/feed-tables.ts'
import type { WebhookFormat } from '../../db/webhook-tables.ts'
import { discordCards, discordText } from './discord.ts'
import { type ChatEvent, cardsOf, type PaperCard } from './paper-cards.ts'
import { slackCards, slackText } from './slack.ts'

/** What is sent in one request. */
export interface WebhookMessage {
  /** What it is, e.g. `paper.listed`. */
  readonly event: string
  /** The header `webhook-id`: the same whenever the message is sent. */
  readonly id: string
  readonly body: string
}

/** Services that show messages to people, and so get several papers in one. */
export type ChatFormat = Exclude<WebhookFormat, 'standard'>

/** Papers in one message of a chat. */
export const papersPerMessage = 10

const chats: Record<
  ChatFormat,
  { text: (text: string) => object; cards: (cards: readonly PaperCard[]) => object }
> = {
  slack: { text: slackText, cards: slackCards },
  discord: { text: discordText, cards: discordCards },
}

/** An event for a program. `json` is as `/feed` sends it. */
export function eventMessage(
  kind: FeedEventKind,
  { cursor, recordedAt, json }: { cursor: string; recordedAt: Date; json: string },
): WebhookMessage {
  const event = `paper.${kind}`
  return { event, id: `evt_${cursor}`, body: standardBody(event, recordedAt, json) }
}

/** Events for people, `papersPerMessage` at most. */
export function chatMessage(
  format: ChatFormat,
  events: readonly ChatEvent[],
  cursor: string,
): WebhookMessage {
  return { event: 'papers', id: `evt_${cursor}`, body: JSON.stringify(chats[format].cards(cardsOf(events))) }
}

/** Says that events are lost, or were replaced, and where deliveries go on. */
export function resetMessage(
  format: WebhookFormat,
  { code, message, restartFrom }: FeedCursorError,
  previousCursor: string,
  now: Date,
): WebhookMessage {
  const data = { cursor: restartFrom, previousCursor, code, message }
  return special(format, {
    ...{ event: 'feed.reset', id: `reset_${previousCursor}`, now, data },
    text: `Events of Daily Papers may be missing here. ${message}`,
  })
}

/** Asks whether an endpoint wants events, before it gets any. */
export function verifyMessage(format: WebhookFormat, name: string, now: Date): WebhookMessage {
  return special(format, {
    ...{ event: 'webhook.verify', id: `verify_${randomUUID()}`, now, data: { name } },
    text: `Daily Papers will post papers here (webhook "${name}").`,
  })
}

export function testMessage(format: WebhookFormat, name: string, now: Date): WebhookMessage {
  return special(format, {
    ...{ event: 'webhook.test', id: `test_${randomUUID()}`, now, data: { name } },
    text: `This is a test of the webhook "${name}" of Daily Papers.`,
  })
}

function special(
  format: WebhookFormat,
  { event, id, now, data, text }: { event: string; id: string; now: Date; data: object; text: string },
): WebhookMessage {
  const body =
    format === 'standard'
      ? standardBody(event, now, JSON.stringify(data))
      : JSON.stringify(chats[format].text(text))
  return { event, id, body }
}

/** The body that Standard Webhooks recommends. */
function standardBody(type: string, timestamp: Date, data: string): string {
  return `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(timestamp)},"data":${data}}`
}
