import { createHash, randomBytes } from 'node:crypto'

/** The beginning of every token, by which scanners of secrets find one that was published. */
const prefix = 'dp_'

/** A new token: 256 random bits. */
export function newAccessToken(): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** Whether a text can be a token that `newAccessToken` made. */
export function isAccessToken(text: string): boolean {
  return /^dp_[\w-]{43}$/.test(text)
}

/** Whether a text has the form of a JSON Web Token with a signature. */
export function isJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)
}

/**
 * The SHA-256 of a token in hexadecimal. Looking a token up by it leaks nothing by the time that it takes: who does
 * not know the token cannot choose its hash.
 */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

const unitsMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
/** Postgres and JavaScript know later years, people do not mean them. */
const longestMs = 100 * 365 * 86_400_000

/**
 * When a token expires that is created now: after a time such as `90d` (minutes `m`, hours `h`, days `d`, weeks `w`), or
 * at an instant such as `2027-01-31T00:00:00Z`. Undefined for another text, and for what is not in the future.
 */
export function expiryOf(text: string, now: Date): Date | undefined {
  const [, amount, unit = ''] = /^(\d{1,7})([mhdw])$/.exec(text) ?? []
  const isInstant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
  const lengthMs = Number(amount) * (unitsMs[unit] ?? 0)
  const at = amount === undefined ? (isInstant ? Date.parse(text) : Number.NaN) : now.getTime() + lengthMs
  const isSensible = at > now.getTime() && at <= now.getTime() + longestMs
  return isSensible ? new Date(at) : undefined
}
