import type { Db } from '../../db/database.ts'
import { digestContent, rangeOfDay } from '../../db/digest/content.ts'
import {
  type MailDelivery,
  readMailBacklog,
  readMailState,
  recipientOf,
  refusedInARow,
  scheduleDigests,
} from '../../db/digest/deliveries.ts'
import { promiseMail, readMailKey } from '../../db/digest/promised.ts'
import {
  allReaders,
  changeDigest,
  confirmDigest,
  deliveriesOf,
  findReader,
  findReaderByAddress,
  forgetOldMail,
  forgetReader,
  type LinkedReader,
  renewLinks,
  stopDigest,
  suppressReader,
} from '../../db/digest/readers.ts'
import { askForDigest, type DigestPreferences, knowsZone } from '../../db/digest/subscribers.ts'

const now = new Date('2026-06-16T06:00:00.000Z')
const tomorrow = new Date('2026-06-17T08:00:00.000Z')
const preferences: DigestPreferences = {
  ...{
    cadence: 'daily',
    weekday: 1,
    hour: 7,
    zone: 'Europe/Berlin',
    filter: { minUpvotes: 1 },
    format: 'both',
  },
}

function theReader(db: Db): Promise<LinkedReader> {
  return db.selectFrom('mail_subscriber').select(['id', 'generation']).executeTakeFirstOrThrow()
}

function theMail(db: Db): Promise<MailDelivery> {
  return db.selectFrom('mail_delivery').selectAll().orderBy('day', 'desc').executeTakeFirstOrThrow()
}

/** Calls of the digest, of one reader from the first mail to the last. */
export const digestCases: Record<string, (db: Db) => Promise<unknown>> = {
  readMailKey,
  knowsZone: (db) => knowsZone(db, 'Europe/Berlin'),
  askForDigest: (db) => askForDigest(db, 'me@example.org', preferences, now),
  findReader: async (db) => findReader(db, await theReader(db)),
  findReaderByAddress: (db) => findReaderByAddress(db, 'me@example.org'),
  confirmDigest: async (db) => confirmDigest(db, await theReader(db), now),
  changeDigest: async (db) => changeDigest(db, await theReader(db), preferences, now),
  renewLinks: async (db) => renewLinks(db, await theReader(db), now),
  promiseMail: async (db) => promiseMail(db, (await theReader(db)).id, 'links', tomorrow),
  scheduleDigests: (db) => scheduleDigests(db, tomorrow),
  recipientOf: async (db) => recipientOf(db, await theMail(db)),
  digestContent: (db) => digestContent(db, { after: 0, through: 1_000 }, { minUpvotes: 1 }, now),
  rangeOfDay: (db) => rangeOfDay(db, '2026-06-16'),
  refusedInARow: async (db) => refusedInARow(db, (await theReader(db)).id),
  deliveriesOf: async (db) => deliveriesOf(db, (await theReader(db)).id),
  allReaders,
  readMailState,
  readMailBacklog,
  stopDigest: async (db) => stopDigest(db, await theReader(db), now),
  suppressReader: async (db) => suppressReader(db, (await theReader(db)).id, 'bounce', now),
  forgetOldMail: (db) => forgetOldMail(db, now),
  forgetReader: async (db) => forgetReader(db, await theReader(db), now),
}
