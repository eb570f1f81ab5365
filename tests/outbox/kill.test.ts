import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { makeTestWork, testWorkDone } from '../support/outbox.ts'

const file = fileURLToPath(new URL('../support/outbox-child.ts', import.meta.url))
const atOnce = 4

test('workers that are killed lose nothing and double at most what they were just doing', async () => {
  const { database, url } = await createTestDatabase()
  const { db } = database
  await makeTestWork(db, 400)
  const start = (name: string) => {
    const child = spawn(process.execPath, [file, url, name, '700'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout })
    return { child, lines }
  }
  await using stack = new AsyncDisposableStack()
  const steady = start('steady')
  stack.defer(async () => {
    steady.child.kill('SIGKILL')
    await once(steady.child, 'exit').catch(() => {})
  })
  const kills = 4
  for (let round = 0; round < kills; round++) {
    const { child, lines } = start(`victim ${round}`)
    await once(lines, 'line')
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await vi.waitFor(async () => expect((await testWorkDone(db)).done).toBe(400), { timeout: 150_000 })
  const { sent } = await testWorkDone(db)
  expect(new Set(sent).size).toBe(400)
  expect(sent.length - 400).toBeLessThanOrEqual(kills * atOnce)
}, 180_000)
