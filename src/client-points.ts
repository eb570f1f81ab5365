import { LRUCache } from 'lru-cache'
import type { Viewer } from '../schema/core/context.ts'
import { ApiError } from '../schema/core/errors.ts'
import { allows } from '../schema/core/rights.ts'

export interface PointLimits {
  /** Points that a client can spend at once after a time of rest; 0 for no limit. */
  readonly burst: number
  /** Points that it gets back each second. */
  readonly perSecond: number
}

/** Clients that are remembered; who has not asked for longest is forgotten first, and begins anew. */
const rememberedClients = 100_000

/** The header with which gateways name the client for which they ask; over WebSocket, `extensions.clientId`. */
export const clientIdHeader = 'x-client-id'

/**
 * A client as limits count it: by its token, or by its address without one. A gateway asks for many; `named` is what it
 * says of the one. From anybody else it means nothing: who invents names would have a new share with each.
 */
export function payerOf(viewer: Viewer, address: string, named?: unknown): string {
  const { token } = viewer
  if (token === undefined) return address
  const isNamed = typeof named === 'string' && /^[\x21-\x7e]{1,200}$/.test(named) && allows(viewer, 'gateway')
  return isNamed ? `token ${token} for ${named}` : `token ${token}`
}

interface Bucket {
  /** Points; below zero, the client has a debt. */
  content: number
  filledAtMs: number
}

/**
 * What each client may still ask, in points of cost: a leaky bucket for each. Operations are charged before they are
 * executed, with the most that they can cost, and get back what they did not use.
 */
export class ClientPoints {
  readonly #limits: PointLimits
  readonly #policy: string
  readonly #buckets = new LRUCache<string, Bucket>({ max: rememberedClients })

  constructor(limits: PointLimits) {
    this.#limits = limits
    const { burst, perSecond } = limits
    this.#policy = `"points";q=${burst};w=${Math.ceil(burst / perSecond)}`
  }

  /** Whether anything is limited. */
  get isLimited(): boolean {
    return this.#limits.burst > 0
  }

  /** Takes the points of an operation. Returns the refusal if the client has too few. */
  take(client: string, points: number): ApiError | undefined {
    if (!this.isLimited) return undefined
    const bucket = this.#bucketOf(client)
    // Dearer than all that fits: the full bucket is enough, and goes below zero.
    const needed = Math.min(points, this.#limits.burst)
    if (bucket.content >= needed) {
      bucket.content -= points
      return undefined
    }
    const missing = needed - bucket.content
    return rateLimited(points, Math.floor(bucket.content), this.#msFor(missing))
  }

  /** The refusal of whatever a client asks that has spent more points than it had: nothing is read or checked for it. */
  refusalInDebt(client: string): ApiError | undefined {
    if (!this.isLimited) return undefined
    const { content } = this.#bucketOf(client)
    return content < 0 ? inDebt(this.#msFor(-content)) : undefined
  }

  /** Gives points back, or takes more than there are if the number is negative. */
  giveBack(client: string, points: number): void {
    if (!this.isLimited) return
    const bucket = this.#bucketOf(client)
    bucket.content = Math.min(this.#limits.burst, bucket.content + points)
  }

  /** Charges what is already spent. Returns the milliseconds to wait until the client is out of debt. */
  charge(client: string, points: number): number {
    if (!this.isLimited) return 0
    this.giveBack(client, -points)
    const { content } = this.#bucketOf(client)
    return content >= 0 ? 0 : this.#msFor(-content)
  }

  /** Points that a client has left; undefined without a limit. */
  left(client: string): number | undefined {
    return this.isLimited ? Math.max(0, Math.floor(this.#bucketOf(client).content)) : undefined
  }

  /**
   * The headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10), names and values in turn:
   * the quota and the seconds in which it fills up; what is left and the seconds until it is full.
   */
  headers(client: string): readonly string[] {
    const left = this.left(client)
    if (left === undefined) return []
    const { burst, perSecond } = this.#limits
    const seconds = Math.ceil((burst - left) / perSecond)
    return ['ratelimit-policy', this.#policy, 'ratelimit', `"points";r=${left};t=${seconds}`]
  }

  /** Filled up by the time since it was looked at last. */
  #bucketOf(client: string): Bucket {
    const { burst, perSecond } = this.#limits
    const nowMs = performance.now()
    const bucket = this.#buckets.get(client)
    if (bucket) {
      bucket.content = Math.min(burst, bucket.content + ((nowMs - bucket.filledAtMs) * perSecond) / 1000)
      bucket.filledAtMs = nowMs
      return bucket
    }
    const full = { content: burst, filledAtMs: nowMs }
    this.#buckets.set(client, full)
    return full
  }

  #msFor(points: number): number {
    return Math.ceil((1000 * points) / this.#limits.perSecond)
  }
}

function rateLimited(points: number, left: number, retryAfterMs: number): ApiError {
  return comeBack(
    `The operation costs ${Math.ceil(points)} points, and you have ${Math.max(0, left)} left. Repeat it after ${retryAfterMs} ms, or request less.`,
    retryAfterMs,
  )
}

function inDebt(retryAfterMs: number): ApiError {
  return comeBack(
    `You have spent all your points. Repeat the request after ${retryAfterMs} ms.`,
    retryAfterMs,
  )
}

/** Over HTTP with its status, whatever the client accepts: proxies and clients know what to do. */
function comeBack(message: string, retryAfterMs: number): ApiError {
  const headers = { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }
  return new ApiError('RATE_LIMITED', message, { retryAfterMs, http: { status: 429, headers } })
}
