import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from '../../schema/core/errors.ts'
import { noteClientFault } from '../../src/client-faults.ts'
import { createLogger, requestScope } from '../../src/log.ts'
import { logFailure } from '../../src/log-failure.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the faults of clients are one line a minute, with their number by kind', () => {
  const logged: string[] = []
  const log = createLogger({ level: 'info', format: 'text', write: (line) => logged.push(line) })
  requestScope.run({ requestId: 'of-the-first' }, () => noteClientFault(log, 'BAD_REQUEST'))
  for (let sent = 0; sent < 1000; sent += 1)
    logFailure(log, 'A request failed.', { error: new ApiError('RATE_LIMITED', 'Repeat it later.') })
  expect(logged).toEqual([])
  vi.advanceTimersByTime(60_000)
  expect(logged).toHaveLength(1)
  expect(logged[0]).toMatch(/Faults of clients in the last minute, by kind\. BAD_REQUEST=1 RATE_LIMITED=1000/)
  expect(logged[0]).not.toContain('of-the-first')
  vi.advanceTimersByTime(600_000)
  expect(logged).toHaveLength(1)
  noteClientFault(log, 'BAD_REQUEST')
  vi.advanceTimersByTime(60_000)
  expect(logged).toHaveLength(2)
})
