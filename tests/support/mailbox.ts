import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { awaiting } from './patience.ts'

/** How the relay answers the next mails: takes them, or says so at a step of the exchange. */
export type RelayMood =
  | 'takes'
  | { readonly refuses: 'sender' | 'recipient' | 'content'; readonly code: number; readonly text: string }
  /** Takes the content, and closes the connection instead of an answer. */
  | 'cuts'
  /** Takes the content of the next mail, and answers never; those after it are taken. */
  | 'stalls'

export interface ReceivedMail {
  readonly to: readonly string[]
  readonly raw: string
  readonly mail: Email
  header(name: string): string | undefined
}

/** A real relay on a free port, and all that it took. */
export interface Mailbox extends AsyncDisposable {
  /** `smtp://127.0.0.1:…` */
  readonly url: string
  readonly received: ReceivedMail[]
  /** Mails that it was asked to take, the refused ones included. */
  readonly attempts: number
  mood: RelayMood
  /** Resolves with the first mail that is not returned yet. */
  next(): Promise<ReceivedMail>
  /** Resolves after the next attempt. */
  attempt(): Promise<void>
}

export async function openMailbox(): Promise<Mailbox> {
  const received: ReceivedMail[] = []
  let mood: RelayMood = 'takes'
  let attempts = 0
  let returned = 0
  let changed = Promise.withResolvers<void>()
  const note = () => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const refusal = (step: string) => {
    if (typeof mood === 'string' || mood.refuses !== step) return undefined
    return Object.assign(new Error(mood.text), { responseCode: mood.code })
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    // Milliseconds for connections that a pool keeps open.
    closeTimeout: 100,
    onMailFrom(_address, _session, callback) {
      attempts += 1
      callback(refusal('sender'))
      note()
    },
    onRcptTo(_address, _session, callback) {
      callback(refusal('recipient'))
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const refused = refusal('content')
        if (refused) return callback(refused)
        const raw = Buffer.concat(chunks).toString('utf8')
        const mail = await PostalMime.parse(raw)
        received.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw,
          mail,
          header: (name) => mail.headers.find(({ key }) => key === name.toLowerCase())?.value,
        })
        note()
        if (mood === 'stalls') {
          mood = 'takes'
          return
        }
        if (mood === 'cuts') for (const connection of server.connections) connection.close()
        else callback()
      })
    },
  })
  // A client that cuts the connection is no fault of the test.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    get attempts() {
      return attempts
    },
    get mood() {
      return mood
    },
    set mood(value) {
      mood = value
    },
    async next() {
      while (received.length <= returned)
        await awaiting(() => `mail number ${returned + 1}; ${attempts} were tried`, changed.promise)
      const mail = received[returned]
      returned += 1
      if (!mail) throw new Error('A mail was received.')
      return mail
    },
    async attempt() {
      const before = attempts
      while (attempts === before) await awaiting(() => `an attempt after ${before}`, changed.promise)
    },
    async [Symbol.asyncDispose]() {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(resolve)
      await promise
    },
  }
}
