import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { type AccessRole, accessRoles } from '../db/access-tables.ts'
import { codeOf } from '../db/error.ts'
import type { TokenFault, Viewer } from '../schema/core/context.ts'
import { hashOfToken } from './access-token.ts'
import { type Clock, every } from './clock.ts'
import type { Logger } from './log.ts'
import { logOutage } from './log-failure.ts'

export interface JwtOptions {
  /** As the claim `iss` has it. */
  readonly issuer: string
  readonly audience: string
  /** Where the issuer publishes its keys. Without it, the issuer is asked (OpenID Connect Discovery 1.0, section 4). */
  readonly jwksUrl: string | undefined
  /** The path of the claim that holds a role or several, e.g. `realm_access.roles`. */
  readonly roleClaim: string
  /** What the issuer calls the roles. The default is what they are called here. */
  readonly roles: readonly (readonly [string, AccessRole])[] | undefined
  readonly clock: Clock
  readonly log: Logger
}

/** Knows the tokens of another issuer: JSON Web Tokens (RFC 7519), signed with keys that it publishes (RFC 7517). */
export interface JwtVerifier {
  /** Who the token makes of its sender, or why it does not. */
  judge(token: string): Promise<Viewer | TokenFault>
  close(): void
}

/** Signatures with a pair of keys alone: with a shared secret, the published key would be the secret. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
/** Seconds that the clock of the issuer may differ from ours. */
const clockToleranceSeconds = 15
/** A key that the issuer has withdrawn is believed for no longer than this. */
const refreshMs = 300_000
const fetchTimeoutMs = 5_000
/** Between attempts to read keys that cannot be read, and between looks for keys that are not known. */
const minFetchGapMs = 1_000
const mostRemembered = 10_000
const longestToken = 16_384

/** Codes of jose for tokens that are no good; all other errors mean that the keys cannot be read. */
const faults = new Set([
  ...['ERR_JWT_CLAIM_VALIDATION_FAILED', 'ERR_JWT_INVALID', 'ERR_JWS_INVALID'],
  ...['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'ERR_JOSE_ALG_NOT_ALLOWED', 'ERR_JOSE_NOT_SUPPORTED'],
  ...['ERR_JWKS_NO_MATCHING_KEY', 'ERR_JWKS_MULTIPLE_MATCHING_KEYS'],
])

export function createJwtVerifier(options: JwtOptions): JwtVerifier {
  const { issuer, audience, clock, log } = options
  const remembered = new LRUCache<string, Viewer>({ max: mostRemembered, ttl: refreshMs })
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined
  let failedAtMs = Number.NEGATIVE_INFINITY

  async function open(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    const url = options.jwksUrl ?? (await discover(issuer))
    return createRemoteJWKSet(new URL(url), {
      ...{ timeoutDuration: fetchTimeoutMs, cooldownDuration: minFetchGapMs },
      // While the issuer cannot be reached, the keys that are known go on working.
      cacheMaxAge: Number.POSITIVE_INFINITY,
    })
  }

  async function verify(token: string): Promise<JWTPayload> {
    if (performance.now() - failedAtMs < minFetchGapMs)
      throw new Error('The keys could not be read a moment ago.')
    keys ??= await open()
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer, audience, algorithms, requiredClaims: ['exp'] },
      ...{ clockTolerance: clockToleranceSeconds, currentDate: clock.now() },
    })
    return payload
  }

  function viewerOf(payload: JWTPayload): Viewer {
    const role = roleIn(payload, options)
    const endsAtMs = ((payload.exp ?? 0) + clockToleranceSeconds) * 1000
    const lapse = () => (clock.now().getTime() >= endsAtMs ? ('expired' as const) : undefined)
    const who = payload.sub ?? payload.jti ?? 'unnamed'
    return { role, sharingKey: role, token: `of the issuer, for ${who.slice(0, 200)}`, lapse }
  }

  const stopRefreshing = every(clock, refreshMs, () => {
    keys?.reload().catch((error: unknown) => {
      logOutage(
        log,
        'The keys of the issuer of tokens cannot be read; those known before go on working.',
        error,
      )
    })
  })

  return {
    async judge(token) {
      if (token.length > longestToken) return 'unknown'
      const hash = hashOfToken(token)
      const known = remembered.get(hash)
      if (known) return known.lapse?.() ?? known
      try {
        const viewer = viewerOf(await verify(token))
        remembered.set(hash, viewer)
        return viewer
      } catch (error) {
        const code = codeOf(error)
        if (code === 'ERR_JWT_EXPIRED') return 'expired'
        if (code !== undefined && faults.has(code)) return 'unknown'
        if (performance.now() - failedAtMs >= minFetchGapMs) failedAtMs = performance.now()
        logOutage(
          log,
          'The keys of the issuer of tokens cannot be read; its tokens do not work until they can.',
          error,
        )
        return 'unchecked-by-issuer'
      }
    },
    close: stopRefreshing,
  }
}

/** The highest of the roles that a token has; one without any may read. */
function roleIn(payload: JWTPayload, { roleClaim, roles }: JwtOptions): AccessRole {
  const claim = roleClaim
    .split('.')
    .reduce<unknown>(
      (part, name) =>
        typeof part === 'object' && part !== null && Object.hasOwn(part, name)
          ? Reflect.get(part, name)
          : undefined,
      payload,
    )
  const known = new Map(roles ?? accessRoles.map((role) => [role, role]))
  const values = typeof claim === 'string' ? claim.split(' ') : [claim].flat()
  const given = values.map((value) => (typeof value === 'string' ? known.get(value) : undefined))
  return accessRoles.findLast((role) => given.includes(role)) ?? 'read'
}

/** The address of the keys in the metadata of an issuer. */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(fetchTimeoutMs) })
  if (!response.ok) throw new Error(`The issuer answered with the status ${response.status}.`)
  const { jwks_uri, issuer: named } = (await response.json()) as { jwks_uri?: unknown; issuer?: unknown }
  if (named !== issuer) throw new Error('The metadata of the issuer name another issuer.')
  if (typeof jwks_uri !== 'string' || !URL.canParse(jwks_uri))
    throw new Error('The metadata of the issuer name no address of keys.')
  return jwks_uri
}
