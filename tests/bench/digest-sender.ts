import { openDatabase } from '../../db/database.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { startDigest } from '../../src/digest/digest.ts'
import { createLogger } from '../../src/log.ts'

/** A process that sends digests until it is killed. Arguments: database URL, URL of the relay. */
const [, , url = '', relay = ''] = process.argv
const { db } = openDatabase({ connectionString: url, max: 4, onError: () => {} })
const publicUrl = 'https://papers.example.org'
const { mail } = readConfig({ MAIL_URL: relay, MAIL_FROM: 'digest@example.org', PUBLIC_URL: publicUrl })
await startDigest({
  db,
  mail,
  publicUrl,
  clock: systemClock,
  log: createLogger({ level: 'warn', format: 'text' }),
})
