import { timingSafeEqual } from 'node:crypto'
import type { AccessTokenRow } from '../db/access-tables.ts'
import { allAccessTokens, noteTokenUses } from '../db/access-tokens.ts'
import { isReadOnly } from '../db/connection/read-only.ts'
import { singleFlight } from '../db/connection/single-flight.ts'
import type { Db } from '../db/database.ts'
import { messageOf } from '../db/error.ts'
import { anonymous, type Lapse, type TokenFault, type Viewer } from '../schema/core/context.ts'
import { hashOfToken, isAccessToken, isJwt } from './access-token.ts'
import { type Clock, every } from './clock.ts'
import type { JwtVerifier } from './jwt.ts'
import type { Logger } from './log.ts'
import { logOutage } from './log-failure.ts'

/**
 * Who an `Authorization` header makes of a client. A token that is not ours is no error where none is required:
 * gateways pass on what their own clients sent.
 */
export type ViewerOf = (authorization: string | undefined) => Viewer | Promise<Viewer>

export interface Authenticator {
  readonly viewerOf: ViewerOf
  close(): Promise<void>
}

export interface AuthOptions {
  /** For noting uses. */
  readonly db: Db
  /** For reading the tokens: with connections of its own, so that it works however busy the others are. */
  readonly headDb: Db
  /** A token with the role `ingest` beside those in the database. */
  readonly writeToken: string | undefined
  /** Whether reading requires a token. */
  readonly requireReadToken: boolean
  /** Tokens of another issuer. */
  readonly jwt: JwtVerifier | undefined
  readonly clock: Clock
  readonly log: Logger
}

/** How old the knowledge of revocations may be while the database answers. */
const readIntervalMs = 10_000
/** Between readings for tokens that are not known yet, however many of them are tried. */
const minReadGapMs = 1_000
const readDeadlineMs = 6_000
/** Between notes of the last use of one token. */
const noteIntervalMs = 60_000

/** The tokens of the database, in memory: a request reads nothing of the database to find its rights. */
export async function openAuthenticator(options: AuthOptions): Promise<Authenticator> {
  const { db, headDb, writeToken, requireReadToken, jwt, clock, log } = options
  const stranger: Viewer = requireReadToken ? Object.freeze({ ...anonymous, role: null }) : anonymous
  const writer: Viewer = Object.freeze({ role: 'ingest', sharingKey: 'ingest', token: 'WRITE_TOKEN' })
  const writeHash = writeToken === undefined ? undefined : Buffer.from(hashOfToken(writeToken))
  let rows: ReadonlyMap<string, AccessTokenRow> = new Map()
  let readAtMs = Number.NEGATIVE_INFINITY
  const used = new Map<number, Date>()
  const notedAtMs = new Map<number, number>()
  const stop = new AbortController()

  const read = singleFlight(async ({ signal }) => {
    const waitMs = readAtMs + minReadGapMs - clock.now().getTime()
    if (waitMs > 0) await clock.wait(waitMs, stop.signal)
    readAtMs = clock.now().getTime()
    const all = await allAccessTokens(headDb)
    if (!signal.aborted) rows = new Map(all.map((row) => [row.hash, row]))
  }, readDeadlineMs)

  function lapseOf(hash: string): Lapse | undefined {
    const row = rows.get(hash)
    if (!row || row.revoked_at) return 'revoked'
    return row.expires_at && row.expires_at <= clock.now() ? 'expired' : undefined
  }

  function known(hash: string): Viewer | undefined {
    const row = rows.get(hash)
    if (!row) return undefined
    const lapse = lapseOf(hash)
    if (lapse) return without(lapse)
    used.set(row.id, clock.now())
    const { id, name, role } = row
    return { role, sharingKey: role, token: String(id), tokenName: name, lapse: () => lapseOf(hash) }
  }

  function without(tokenFault: TokenFault): Viewer {
    return { ...stranger, tokenFault }
  }

  function viewerOf(authorization: string | undefined): Viewer | Promise<Viewer> {
    if (authorization === undefined) return stranger
    const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? []
    if (token === undefined) return without('unknown')
    const hash = hashOfToken(token)
    if (writeHash && timingSafeEqual(Buffer.from(hash), writeHash)) return writer
    if (jwt && isJwt(token)) return ofIssuer(jwt, token)
    if (!isAccessToken(token)) return without('unknown')
    return known(hash) ?? lookUp(hash)
  }

  async function ofIssuer({ judge }: JwtVerifier, token: string): Promise<Viewer> {
    const judged = await judge(token)
    return typeof judged === 'string' ? without(judged) : judged
  }

  /** It may have been created a moment ago. */
  async function lookUp(hash: string): Promise<Viewer> {
    try {
      await read()
    } catch (error) {
      logOutage(log, 'Access tokens cannot be read; new ones do not work until they can.', error)
      return without('unchecked')
    }
    return known(hash) ?? without('unknown')
  }

  async function noteUses(): Promise<void> {
    const nowMs = clock.now().getTime()
    const due = new Map(
      [...used].filter(([id]) => nowMs - (notedAtMs.get(id) ?? Number.NEGATIVE_INFINITY) >= noteIntervalMs),
    )
    if (due.size === 0) return
    for (const id of due.keys()) {
      used.delete(id)
      notedAtMs.set(id, nowMs)
    }
    await noteTokenUses(db, due).catch((error) => {
      if (!isReadOnly(error))
        log.debug('The last use of access tokens was not noted.', { reason: messageOf(error) })
    })
  }

  await read()
  const stopReading = every(clock, readIntervalMs, () => {
    read().catch((error) => {
      if (!stop.signal.aborted)
        logOutage(log, 'Access tokens cannot be read; those known before go on working.', error)
    })
    void noteUses()
  })

  return {
    viewerOf,
    async close() {
      stopReading()
      jwt?.close()
      stop.abort()
      await read.idle()
      notedAtMs.clear()
      await noteUses()
    },
  }
}
