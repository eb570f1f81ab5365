import type { MailDelivery, Recipient } from '../../db/digest/deliveries.ts'
import { signLink } from '../../db/digest/links.ts'
import { confirmDays } from '../../db/digest/readers.ts'
import type { Letter } from './letter.ts'
import type { MailMessage } from './transport.ts'

export interface MailSender {
  /** The key of links. */
  readonly key: Buffer
  /** Without a slash at the end. */
  readonly publicUrl: string
  /** An address with or without a name, `Daily Papers <digest@example.org>`. */
  readonly from: string
}

/** Longer than somebody keeps a mail. */
const manageDays = 400
const dayMs = 86_400_000

/** The addresses that a mail carries. They depend on nothing that changes until it is sent again. */
export interface MailAddresses {
  readonly confirmUrl: string
  readonly manageUrl: string
  /** Where mail programs unsubscribe by themselves (RFC 8058). */
  readonly stopUrl: string
}

export function mailAddresses(
  { key, publicUrl }: MailSender,
  mail: Pick<MailDelivery, 'day'>,
  { id, generation }: Pick<Recipient, 'id' | 'generation'>,
): MailAddresses {
  const from = Date.parse(`${mail.day}T00:00:00Z`)
  const token = (purpose: 'confirm' | 'manage', days: number) =>
    signLink(key, { purpose, id, generation, expiresAt: new Date(from + days * dayMs) })
  const manageUrl = `${publicUrl}/mail/${token('manage', manageDays)}`
  return {
    confirmUrl: `${publicUrl}/mail/${token('confirm', confirmDays + 1)}`,
    manageUrl,
    stopUrl: `${manageUrl}/stop`,
  }
}

/** The same for each attempt, so that receivers can tell a mail that comes twice. */
function messageIdOf({ subscriber_id, day, kind }: MailKey, publicUrl: string): string {
  return `<${kind}.${day}.${subscriber_id}@${new URL(publicUrl).hostname}>`
}

type MailKey = Pick<MailDelivery, 'subscriber_id' | 'day' | 'kind'>

/** A mail with its headers. Everything in them is ours but the address, which is one addr-spec. */
export function composeMail(
  sender: MailSender,
  mail: MailKey,
  { address, format }: Pick<Recipient, 'address' | 'format'>,
  letter: Letter,
  stopUrl: string,
): MailMessage {
  const { hostname } = new URL(sender.publicUrl)
  return {
    messageId: messageIdOf(mail, sender.publicUrl),
    from: sender.from,
    to: { name: '', address },
    envelope: { from: sender.from, to: [address] },
    subject: letter.subject,
    date: new Date(),
    text: letter.text,
    ...(format === 'both' && { html: String(letter.html) }),
    textEncoding: 'quoted-printable',
    headers: {
      'List-Id': `Daily Papers digest <digest.${hostname}>`,
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(mail.kind !== 'confirm' && {
        // As it is: an address of ours in base64url, which must not be folded or encoded.
        'List-Unsubscribe': { prepared: true, foldLines: false, value: `<${stopUrl}>` },
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
  }
}
