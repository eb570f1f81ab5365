import { setImmediate } from 'node:timers/promises'
import type { Db } from '../../db/database.ts'
import { confirmDigest } from '../../db/digest/readers.ts'
import type { DigestPreferences } from '../../db/digest/subscribers.ts'
import { askForDigest } from '../../db/digest/subscribers.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { readConfig } from '../../src/config.ts'
import { startDigest } from '../../src/digest/digest.ts'
import { createLogger } from '../../src/log.ts'
import { type ManualClock, manualClock } from './clock.ts'
import type { Mailbox } from './mailbox.ts'
import { awaiting } from './patience.ts'
import { aRecord } from './records.ts'

export const publicUrl = 'https://papers.example.org'

/** A reader who wants everything, daily at seven. */
export function preferences(over: Partial<DigestPreferences> = {}): DigestPreferences {
  return { cadence: 'daily', weekday: 1, hour: 7, zone: 'UTC', filter: {}, format: 'both', ...over }
}

export interface DigestRun extends AsyncDisposable {
  readonly clock: ManualClock
  readonly logged: string[]
  wake(): void
  /** Lets the time pass, and what is due be promised. */
  advance(milliseconds: number): void
}

export async function runDigest(
  db: Db,
  mailbox: Mailbox,
  {
    start = '2026-06-16T06:00:00.000Z',
    settings = {},
  }: { start?: string; settings?: Record<string, string> } = {},
): Promise<DigestRun> {
  const clock = manualClock(start)
  const logged: string[] = []
  const log = createLogger({ level: 'debug', format: 'text', write: (line) => logged.push(line) })
  const { mail } = readConfig({
    MAIL_URL: mailbox.url,
    MAIL_FROM: 'Daily Papers <digest@example.org>',
    PUBLIC_URL: publicUrl,
    ...settings,
  })
  const digest = await startDigest({ db, mail, publicUrl, clock, log })
  return {
    clock,
    logged,
    wake: digest.wake,
    advance: (milliseconds) => clock.advance(milliseconds),
    [Symbol.asyncDispose]: () => digest.close(),
  }
}

/** A reader who has confirmed: by the links of the mails that were sent. */
export async function subscribed(
  db: Db,
  mailbox: Mailbox,
  address: string,
  { clock, wake }: Pick<DigestRun, 'clock' | 'wake'>,
  over: Partial<DigestPreferences> = {},
): Promise<void> {
  await askForDigest(db, address, preferences(over), clock.now())
  wake()
  await mailbox.next()
  const { id, generation } = await db
    .selectFrom('mail_subscriber')
    .select(['id', 'generation'])
    .where('address', '=', address)
    .executeTakeFirstOrThrow()
  await confirmDigest(db, { id, generation }, clock.now())
}

/** Lists papers on an edition; returns their titles. */
export async function listPapers(
  db: Db,
  date: string,
  titles: readonly string[],
): Promise<readonly string[]> {
  const records = titles.map((title, index) =>
    aRecord({
      title,
      arxivId: `${date.slice(2, 4)}${date.slice(5, 7)}.${String(10_000 + (hash(title) % 80_000))}`,
      upvotes: titles.length - index,
      observedAt: `${date}T0${index % 6}:00:00.000Z`,
      listing: { date, submitter: { name: 'akhaliq' } },
    }),
  )
  await recordPapers(db, { source: 'huggingface', records })
  return titles
}

function hash(text: string): number {
  let value = 7
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
  return value
}

/** Asks until the answer is yes: the database tells nobody when a row changes. */
export async function becomesTrue(isTrue: () => Promise<boolean>): Promise<void> {
  const ask = async () => {
    while (!(await isTrue())) await setImmediate()
  }
  await awaiting(() => `${isTrue} to be true`, ask())
}
