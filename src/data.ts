import { isReadOnly } from '../db/connection/read-only.ts'
import type { Feed } from '../db/feed/feed.ts'
import { openFeed } from '../db/feed/open.ts'
import { plantSeeds } from '../seeds/plant.ts'
import { openAuthenticator, type ViewerOf } from './auth.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { type Lifecycle, statementPatienceMs } from './lifecycle.ts'
import type { LocatedDatabase } from './locate-database.ts'
import type { Logger } from './log.ts'
import { logOutage, noteAnswer } from './log-failure.ts'
import { openStore, type Store } from './store.ts'
import type { Telemetry } from './telemetry/telemetry.ts'

/** What a server answers from: the papers, the log of events, and the rights of who asks. */
export interface Data {
  readonly store: Store
  readonly viewerOf: ViewerOf
  readonly feed: Feed
}

export interface DataOptions {
  readonly config: Config
  readonly telemetry: Telemetry
  /** The database, where it has been looked for already. */
  readonly located: Promise<LocatedDatabase> | undefined
  /** Gets to know what is opened, in order. */
  readonly life: Lifecycle
  readonly clock: Clock
  readonly log: Logger
}

export async function openData(options: DataOptions): Promise<Data> {
  const { config, telemetry, located, life, clock, log } = options
  const store = await openStore(config, log, { located, onStatement: telemetry.onStatement })
  life.opened('database', store.close)
  const { db, headDb } = store
  if (config.plantSeeds)
    await plantSeeds(db).catch((error) => {
      if (!isReadOnly(error)) throw error
      log.warn('The database has no papers and is read-only: the seeds are not loaded.')
    })
  const { requireReadToken, writeToken } = config
  const jwt = config.jwt && (await import('./jwt.ts')).createJwtVerifier({ ...config.jwt, clock, log })
  const auth = await openAuthenticator({ db, headDb, writeToken, requireReadToken, jwt, clock, log })
  life.opened('access tokens', auth.close, statementPatienceMs)
  const feed = await openFeed({
    ...config.feed.timing,
    ...{ db, headDb },
    connectionString: store.listenUrl,
    onError: (error) => logOutage(log, 'Feed: database connection lost, retrying.', error),
    onRead: () => noteAnswer(log),
  })
  life.opened('feed', () => feed.close(), statementPatienceMs)
  return { store, viewerOf: telemetry.tokens(auth.viewerOf), feed }
}
