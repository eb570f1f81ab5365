import { type EventEmitter, once as nextOf } from 'node:events'

/** What tests wait for at this moment, in words. */
export const waits = new Set<{ readonly what: () => string }>()

/** Waits, and is named when the test runs out of time meanwhile. */
export async function awaiting<Value>(what: () => string, promise: Promise<Value>): Promise<Value> {
  const wait = { what }
  waits.add(wait)
  try {
    return await promise
  } finally {
    waits.delete(wait)
  }
}

/** As `once` of Node, and named when the test runs out of time meanwhile. */
export function once<Heard extends unknown[]>(
  emitter: EventEmitter | EventTarget,
  event: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Heard> {
  const heard = nextOf(emitter as EventEmitter, event, options) as Promise<Heard>
  return awaiting(() => `the event "${event}" of a ${emitter.constructor.name}`, heard)
}

/** For what comes at once on a quiet machine. Shorter than the time of a test, so that a failure names what it saw. */
export const patience = { timeout: 150_000 } as const
