import { afterEach } from 'vitest'

/** What tests wait for at this moment, in words. */
const waits = new Set<{ readonly what: () => string }>()

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

/** Set up before every test file: a test that fails says what it still waited for. */
afterEach(({ task }) => {
  if (task.result?.state === 'fail')
    for (const { what } of waits) console.error(`"${task.name}" still waited for ${what()}`)
  waits.clear()
})
