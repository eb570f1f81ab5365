import { afterEach } from 'vitest'
import { waits } from './patience.ts'

/** Set up before every test file: a test that fails says what it still waited for. */
afterEach(({ task }) => {
  if (task.result?.state === 'fail')
    for (const { what } of waits) console.error(`"${task.name}" still waited for ${what()}`)
  waits.clear()
})
