import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SendMailOptions } from 'nodemailer'
import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'

/** Where mail goes. */
export interface MailTransport {
  /** Resolves once the mail is somebody else's to deliver. Throws what nodemailer throws. */
  send(message: MailMessage): Promise<void>
  close(): void
}

export type MailMessage = SendMailOptions & { readonly messageId: string }

/** Connections to the relay. Few: each is a mail that may be sent twice when the process is killed. */
const maxConnections = 3
const connectTimeoutMs = 10_000
/** How long the relay may take for one answer. */
const answerTimeoutMs = 30_000

/** The relay of MAIL_URL; without one, files: a copy of a database must not mail anybody. */
export function openMailTransport(mail: Config['mail'], log: Logger): MailTransport {
  return mail.url === undefined ? fileTransport(mail.folder, log) : smtpTransport(mail.url, mail.dkim)
}

function smtpTransport(url: string, dkim: Config['mail']['dkim']): MailTransport {
  const { protocol, host, port, auth, query } = parsed(url)
  let opened: ReturnType<typeof open> | undefined
  const open = async () =>
    (await nodemailer()).createTransport({
      pool: true,
      host,
      port,
      secure: protocol === 'smtps:',
      requireTLS: query.get('tls') === 'require',
      ...(auth && { auth }),
      maxConnections,
      connectionTimeout: connectTimeoutMs,
      greetingTimeout: connectTimeoutMs,
      socketTimeout: answerTimeoutMs,
      // Text that others wrote must never name a file or an address to read.
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(dkim && { dkim: { domainName: dkim.domain, keySelector: dkim.selector, privateKey: dkim.key } }),
    })
  return {
    async send(message) {
      opened ??= open()
      await (await opened).sendMail(message)
    },
    close() {
      opened?.then(
        (transport) => transport.close(),
        () => {},
      )
    },
  }
}

/** Loaded with the first mail: a server that has none to send starts without it. */
function nodemailer() {
  return import('nodemailer')
}

function parsed(url: string) {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url)
  const usual = protocol === 'smtps:' ? 465 : 587
  return {
    protocol,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? usual : Number(port),
    auth: username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : undefined,
    query: searchParams,
  }
}

function fileTransport(folder: string, log: Logger): MailTransport {
  let isSaid = false
  const open = async () =>
    (await nodemailer()).createTransport({
      streamTransport: true,
      buffer: true,
      newline: 'unix',
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  return {
    async send(message) {
      const { message: bytes } = await (await open()).sendMail(message)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const path = join(folder, `${message.messageId.replace(/[^\w.@-]/g, '')}.eml`)
      // Whole or not at all; sent again, it is the same file.
      await writeFile(`${path}.new`, bytes as Buffer, { mode: 0o600 })
      await rename(`${path}.new`, path)
      if (!isSaid) log.info('MAIL_URL is not set: mails are files, and nobody gets them.', { folder })
      isSaid = true
    },
    close() {},
  }
}
