import { createHmac, timingSafeEqual } from 'node:crypto'
import type { LinkedReader } from './readers.ts'

/** What a link in a mail is for: to begin the digest, or to change and end it. */
export type LinkPurpose = 'confirm' | 'manage'

const purposes: readonly LinkPurpose[] = ['confirm', 'manage']

export interface MailLink extends LinkedReader {
  readonly purpose: LinkPurpose
  /** To the second. */
  readonly expiresAt: Date
}

const bodyLength = 1 + 16 + 4 + 4
const signatureLength = 16

/**
 * A link's token: purpose, reader, generation and expiry, with the first half of their HMAC-SHA256 under the key of the
 * database. Nothing is stored for it, and a mail that is sent again has the same.
 */
export function signLink(key: Buffer, { purpose, id, generation, expiresAt }: MailLink): string {
  const body = Buffer.alloc(bodyLength)
  body.writeUInt8(purposes.indexOf(purpose), 0)
  body.write(id.replaceAll('-', ''), 1, 'hex')
  body.writeUInt32BE(generation, 17)
  body.writeUInt32BE(Math.floor(expiresAt.getTime() / 1000), 21)
  return Buffer.concat([body, signature(key, body)]).toString('base64url')
}

/** What a token says; undefined for one that we did not sign, or that has expired. */
export function readLink(key: Buffer, token: string, now: Date): MailLink | undefined {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== bodyLength + signatureLength || bytes.toString('base64url') !== token) return undefined
  const body = bytes.subarray(0, bodyLength)
  if (!timingSafeEqual(bytes.subarray(bodyLength), signature(key, body))) return undefined
  const purpose = purposes[body.readUInt8(0)]
  const expiresAt = new Date(body.readUInt32BE(21) * 1000)
  if (purpose === undefined || expiresAt <= now) return undefined
  const id = body.toString('hex', 1, 17).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { purpose, id, generation: body.readUInt32BE(17), expiresAt }
}

function signature(key: Buffer, body: Buffer): Buffer {
  return createHmac('sha256', key).update('link ').update(body).digest().subarray(0, signatureLength)
}

/** The reader whom a Message-ID of ours names; undefined for others. */
export function readerOfMessageId(messageId: string): string | undefined {
  return /^<?(?:digest|confirm|links)\.\d{4}-\d\d-\d\d\.([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})@[^>]*>?$/.exec(
    messageId,
  )?.[1]
}
