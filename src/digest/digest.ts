import { isReadOnly } from '../../db/connection/read-only.ts'
import type { Db } from '../../db/database.ts'
import { mailOutbox, scheduleDigests } from '../../db/digest/deliveries.ts'
import { readMailKey } from '../../db/digest/promised.ts'
import { forgetOldMail } from '../../db/digest/readers.ts'
import { startOutboxWorker } from '../../db/outbox/worker.ts'
import { type Clock, every } from '../clock.ts'
import type { Config } from '../config.ts'
import { isUnavailable } from '../faults.ts'
import type { Logger } from '../log.ts'
import { logFailure, logOutage } from '../log-failure.ts'
import { createMailer, type MailMeter } from './sender.ts'
import { openMailTransport } from './transport.ts'

export interface DigestOptions {
  readonly db: Db
  readonly mail: Config['mail']
  /** Where readers find the server, without a slash at the end. */
  readonly publicUrl: string
  readonly clock: Clock
  readonly log: Logger
  readonly meter?: MailMeter
}

export interface RunningDigest {
  /** Resolves when what was due at the start is promised. */
  readonly scheduled: Promise<void>
  /** Mail was promised: it is sent soon. */
  wake(): void
  close(): Promise<void>
}

const scheduleIntervalMs = 30_000
/** A confirmation is waited for. */
const pollIntervalMs = 5_000
/** An exchange with a relay may take half of it. */
const leaseMs = 60_000
/** As many as there are connections to the relay. */
const concurrency = 3

/** Promises and sends the digests, beside any number of other servers on the same database. */
export async function startDigest(options: DigestOptions): Promise<RunningDigest> {
  const { db, mail, publicUrl, clock, log, meter = () => {} } = options
  const transport = openMailTransport(mail, log)
  const key = await readMailKey(db)
  const work = createMailer({ db, sender: { key, publicUrl, from: mail.from }, transport, clock, log, meter })
  const onError = (error: unknown) => {
    if (isReadOnly(error)) return
    if (isUnavailable(error))
      logOutage(log, 'The database cannot be reached; mail is sent once it can.', error)
    else logFailure(log, 'A mail could not be sent.', { error })
  }
  const worker = startOutboxWorker({
    ...{ db, outbox: mailOutbox, work, concurrency, leaseMs, pollIntervalMs, onError },
  })
  let scheduling = Promise.resolve()
  const schedule = async () => {
    let due = 0
    do {
      due = await scheduleDigests(db, clock.now())
      if (due > 0) worker.wake()
    } while (due > 0)
    await forgetOldMail(db, clock.now())
  }
  const tick = () => {
    scheduling = scheduling.then(schedule).catch(onError)
  }
  const stop = every(clock, scheduleIntervalMs, tick)
  tick()
  return {
    scheduled: scheduling,
    wake: worker.wake,
    async close() {
      stop()
      await scheduling
      await worker.close(closePatienceMs)
      transport.close()
    },
  }
}

/** A mail that a relay is just taking may end. */
const closePatienceMs = 5_000
