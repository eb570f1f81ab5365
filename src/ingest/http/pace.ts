import type { Clock } from '../../clock.ts'

/** What is left of a rate-limit window. */
export interface Allowance {
  remaining: number
  resetsInMs: number
  /** Requests per window, if the upstream says. */
  quota?: number
}

/** Below this share of the quota, what is left is spread over the time until it is renewed. */
const lowShare = 0.1
const assumedQuota = 500

/** Keeps requests to one upstream apart: by a fixed time, and by what it says is left for us. */
export class Pace {
  readonly #clock: Clock
  readonly #spacingMs: number
  #notBeforeMs = 0

  constructor(clock: Clock, spacingMs: number) {
    this.#clock = clock
    this.#spacingMs = spacingMs
  }

  /** The time until the next request may be sent. */
  pauseMs(): number {
    return Math.max(0, this.#notBeforeMs - this.#clock.now().getTime())
  }

  /** A request is sent now. */
  sent(): void {
    this.holdFor(this.#spacingMs)
  }

  noteHeaders(headers: Headers): void {
    const allowance = allowanceOf(headers)
    if (!allowance) return
    const { remaining, resetsInMs, quota = assumedQuota } = allowance
    if (remaining === 0) this.holdFor(resetsInMs)
    else if (remaining <= quota * lowShare) this.holdFor(resetsInMs / remaining)
  }

  holdFor(durationMs: number): void {
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#clock.now().getTime() + durationMs)
  }
}

/** `RateLimit: "api";r=12;t=90` beside `RateLimit-Policy: "fixed window";"api";q=500;w=300`. Of several, the tightest. */
function allowanceOf(headers: Headers): Allowance | undefined {
  const quota = Number(/;\s*q=(\d+)/.exec(headers.get('ratelimit-policy') ?? '')?.[1])
  let tightest: Allowance | undefined
  for (const item of (headers.get('ratelimit') ?? '').split(',')) {
    const remaining = Number(/;\s*r=(\d+)/.exec(item)?.[1])
    const reset = Number(/;\s*t=(\d+)/.exec(item)?.[1])
    if (Number.isNaN(remaining) || Number.isNaN(reset)) continue
    if (tightest && tightest.remaining <= remaining) continue
    tightest = { remaining, resetsInMs: reset * 1000, ...(quota > 0 && { quota }) }
  }
  return tightest
}

/** The wait that `Retry-After` asks for, in seconds or as a date. */
export function retryAfterMs(headers: Headers, now: Date): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime())
}
