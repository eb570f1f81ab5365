import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { addTestWork, makeTestWork, testWorkDone } from '../support/outbox.ts'
import { once } from '../support/patience.ts'

const file = fileURLToPath(new URL('../support/outbox-child.ts', import.meta.url))
const atOnce = 4
const kills = 4
/** Long enough that a busy machine stops no process for so long. */
const leaseMs = '5000'

test('workers that are killed lose nothing and double at most what they were just doing', async () => {
  const { database, url } = await createTestDatabase()
  const { db } = database
  let added = 0
  const add = async (count: number) => {
    await (added === 0 ? makeTestWork(db, count) : addTestWork(db, count, added))
    added += count
  }
  await add(50)
  await using stack = new AsyncDisposableStack()
  const start = (name: string) => {
    const child = spawn(process.execPath, [file, url, name, leaseMs], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    stack.defer(async () => {
      child.kill('SIGKILL')
      await ended
    })
    return { child, ended, said: once(createInterface({ input: child.stdout }), 'line') }
  }
  start('steady')
  for (let round = 0; round < kills; round++) {
    const { child, ended, said } = start(`victim ${round}`)
    // The other one would have done any fixed amount of work before a busy machine has started this one.
    const working = said.then(() => true)
    while (!(await Promise.race([working, add(20).then(() => sleep(50, false))])));
    child.kill('SIGKILL')
    await ended
  }
  await vi.waitFor(async () => expect((await testWorkDone(db)).done).toBe(added), { timeout: 100_000 })
  const { sent } = await testWorkDone(db)
  expect(new Set(sent).size).toBe(added)
  expect(sent.length - added).toBeLessThanOrEqual(kills * atOnce)
}, 300_000)
