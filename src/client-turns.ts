import { ApiError } from '../schema/core/errors.ts'

/**
 * Who is answered next, while more is asked than this process has time for: clients in turn, and of each client those who
 * came first. There is one event loop, so this is one for the whole process. In between, the loop accepts connections:
 * of those that wait, it takes one each time around, so that work in large pieces would keep new clients out for seconds.
 */

/** Milliseconds of requests in one go. */
const msAtOnce = 2
/** How often connections go first, one after the other, before requests do. */
const connectionsAtOnce = 16
/** Requests of one client that wait. */
const waitingAtMost = 1_000

/** In the order of their turns. */
const waiting = new Map<string, (() => void)[]>()
/** When the work of this time around the event loop began. */
let begunAtMs: number | undefined
/** Whether a connection was accepted in it: there may be more. */
let hasAccepted = false
let timesHeldBack = 0

/** Says that a connection was accepted: what waits lets the next one go first. */
export function noteConnection(): void {
  hasAccepted = true
  if (begunAtMs === undefined) begin()
}

/**
 * The turn of a request: undefined if it is at once. Rejects with OVERLOADED if too many of the client wait. `clientOf`
 * names the client, if it matters.
 */
export function turnOfRequest(clientOf: () => string): Promise<void> | undefined {
  const own = waiting.size > 0 && waiting.get(clientOf())
  return own && own.length >= waitingAtMost ? Promise.reject(tooManyWait()) : turnOf(clientOf)
}

/** The turn of other work for a client: undefined if it is at once. */
export function turnOf(clientOf: () => string): Promise<void> | undefined {
  if (waiting.size === 0 && hasTime()) return undefined
  const client = clientOf()
  const own = waiting.get(client) ?? []
  waiting.set(client, own)
  return new Promise((resolve) => own.push(resolve))
}

function hasTime(): boolean {
  if (begunAtMs !== undefined) return performance.now() - begunAtMs < msAtOnce
  begin()
  return true
}

function begin(): void {
  begunAtMs = performance.now()
  setImmediate(goOn)
}

async function goOn(): Promise<void> {
  begunAtMs = undefined
  const isHeldBack = hasAccepted && timesHeldBack < connectionsAtOnce
  timesHeldBack = isHeldBack ? timesHeldBack + 1 : 0
  hasAccepted = false
  if (waiting.size === 0) return
  begin()
  if (isHeldBack) return
  do {
    serveOne()
    // What it does at once is done then.
    await new Promise((resolve) => process.nextTick(resolve))
  } while (waiting.size > 0 && hasTime())
}

/** Puts its client behind the others. */
function serveOne(): void {
  for (const [client, own] of waiting) {
    waiting.delete(client)
    own.shift()?.()
    if (own.length > 0) waiting.set(client, own)
    return
  }
}

function tooManyWait(): ApiError {
  return new ApiError(
    'OVERLOADED',
    `${waitingAtMost} of your requests wait for their turn (the limit). Send fewer at the same time.`,
  )
}
