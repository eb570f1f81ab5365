import { LRUCache } from 'lru-cache'
import type { Db } from '../../db/database.ts'
import { type DigestContent, digestContent } from '../../db/digest/content.ts'
import {
  type MailDelivery,
  type MailOutcome,
  mailOutbox,
  type Recipient,
  recipientOf,
  recordMail,
  refusedInARow,
  retryMail,
} from '../../db/digest/deliveries.ts'
import { suppressReader } from '../../db/digest/readers.ts'
import { deferClaim, settle } from '../../db/outbox/claims.ts'
import type { WorkControl } from '../../db/outbox/worker.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { digestLetter } from './digest-letter.ts'
import type { Letter } from './letter.ts'
import { confirmLetter, linksLetter } from './link-letters.ts'
import { composeMail, type MailSender, mailAddresses } from './message.ts'
import { retryDelaysMs, type SendFault, sendFaultOf } from './send-faults.ts'
import type { MailTransport } from './transport.ts'

export interface MailerOptions {
  readonly db: Db
  readonly sender: MailSender
  readonly transport: MailTransport
  readonly clock: Clock
  readonly log: Logger
  readonly meter: MailMeter
}

/** Counts what became of a mail, or of an attempt after which it waits for another. */
export type MailMeter = (outcome: MailOutcome['outcome'] | 'retried') => void

/** Days in a row on which a relay refuses mail to a reader until none is sent any more. */
const refusedDays = 3
/** How long a mail waits for an earlier one of the same reader. */
const earlierFirstMs = 5_000
const keptContents = 20
/** As relays repeat it, in whatever spelling. */
const anyAddress = /[^\s<>"',;:]+@[^\s<>"',;:]+/g

/**
 * Sends one promised mail, and records what became of it. Rejects once the signal aborts: a relay that does not answer
 * holds nobody up, and the mail is sent again, under the same Message-ID.
 */
export type SendPromised = (mail: MailDelivery, control: Pick<WorkControl, 'signal'>) => Promise<void>

/** Sends the mails of the outbox: what each holds is made when it is sent. */
export function createMailer({ db, sender, transport, clock, log, meter }: MailerOptions): SendPromised {
  const contents = new LRUCache<string, Promise<DigestContent>>({ max: keptContents })
  let warnedAtMs = Number.NEGATIVE_INFINITY

  /** Readers of one filter who were told of the same have the same papers, those aside that one knows already. */
  async function contentFor(mail: MailDelivery, reader: Recipient): Promise<DigestContent> {
    const { filter, position, since_position: since } = reader
    const range = { after: Math.max(mail.after_position ?? 0, position), through: mail.through_position ?? 0 }
    const key = JSON.stringify([range, filter])
    let content = contents.get(key)
    if (!content) {
      content = digestContent(db, range, filter, clock.now())
      content.catch(() => contents.delete(key))
      contents.set(key, content)
    }
    const { papers, hasGap } = await content
    return { papers: papers.filter(({ listed_before }) => (listed_before ?? 0) <= since), hasGap }
  }

  async function letterOf(mail: MailDelivery, reader: Recipient): Promise<Letter | undefined> {
    const { confirmUrl, manageUrl } = mailAddresses(sender, mail, reader)
    if (mail.kind === 'confirm') return confirmLetter(confirmUrl)
    if (mail.kind === 'links') return linksLetter(manageUrl)
    const content = await contentFor(mail, reader)
    if (content.papers.length === 0) return undefined
    return digestLetter(content, mail.day, { publicUrl: sender.publicUrl, manageUrl })
  }

  async function record(mail: MailDelivery, result: MailOutcome): Promise<void> {
    const counts = await settle(db, mailOutbox, mail, (trx) => recordMail(trx, mail, result, clock.now()))
    if (counts) meter(result.outcome)
  }

  async function recordFault(mail: MailDelivery, reader: Recipient, fault: SendFault): Promise<void> {
    const failure = fault.failure.replace(anyAddress, 'the address')
    if (fault.kind === 'passing') {
      const delayMs = retryDelaysMs[Math.min(mail.attempts, retryDelaysMs.length - 1)] ?? 0
      await settle(db, mailOutbox, mail, (trx) => retryMail(trx, mail, { failure, delayMs }))
      meter('retried')
      warn(failure)
      return
    }
    await record(mail, { outcome: 'failed', failure })
    if (fault.kind === 'noMailbox' || (await refusedInARow(db, reader.id)) >= refusedDays)
      await suppressReader(db, reader.id, failure, clock.now())
  }

  /** Once a minute, however many mails wait. */
  function warn(reason: string): void {
    const isKnown = performance.now() - warnedAtMs < 60_000
    if (!isKnown) warnedAtMs = performance.now()
    const write = isKnown ? log.debug : log.warn
    write('Mail cannot be sent; it is tried again until the next digest is due.', { reason })
  }

  return async (mail, { signal }) => {
    const reader = await recipientOf(db, mail)
    const reason = reasonNotToSend(mail, reader, clock.now())
    if (reason) {
      await record(mail, { outcome: 'failed', failure: reason })
      return
    }
    if (mail.kind === 'digest' && reader.has_earlier) {
      await deferClaim(db, mailOutbox, mail, earlierFirstMs)
      return
    }
    const letter = await letterOf(mail, reader)
    if (!letter) {
      await record(mail, { outcome: 'skipped' })
      return
    }
    const { stopUrl } = mailAddresses(sender, mail, reader)
    signal.throwIfAborted()
    try {
      await Promise.race([
        transport.send(composeMail(sender, mail, reader, letter, stopUrl)),
        abortOf(signal),
      ])
    } catch (error) {
      signal.throwIfAborted()
      await recordFault(mail, reader, sendFaultOf(error))
      return
    }
    await record(mail, { outcome: 'sent' })
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise
}

/** Why a mail is given up before it is sent. */
function reasonNotToSend(mail: MailDelivery, { status }: Recipient, now: Date): string | undefined {
  if (mail.expires_at <= now) return mail.failure ?? 'It was not sent in time.'
  const wanted = mail.kind === 'confirm' ? 'pending' : 'active'
  return status === wanted ? undefined : `The reader is ${status}.`
}
