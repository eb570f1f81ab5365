import { describe, expect, test } from 'vitest'
import { StatementScope } from '../../db/connection/statement-scope.ts'
import { papersByKeys } from '../../db/papers.ts'
import { SharedReads } from '../../db/shared-reads.ts'
import { useTestDatabase } from '../support/database.ts'
import { plant } from '../support/papers.ts'

/** Reads that wait until they are let go on. */
function waitingReads() {
  const begun: { keys: readonly number[]; end: PromiseWithResolvers<ReadonlyMap<number, string>> }[] = []
  const reads = new SharedReads<number, string>((keys) => {
    const end = Promise.withResolvers<ReadonlyMap<number, string>>()
    begun.push({ keys, end })
    return end.promise
  })
  return { begun, reads }
}
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

describe('rows that several operations ask for', () => {
  test('in one turn of the event loop are read at once, each key one time', async () => {
    const { begun, reads } = waitingReads()
    const asked = [1, 2, 1].map((key) => reads.load(key))
    await nextTurn()
    expect(begun.map(({ keys }) => keys)).toEqual([[1, 2]])
    begun[0]?.end.resolve(new Map([[1, 'one']]))
    expect(await Promise.all(asked)).toEqual(['one', undefined, 'one'])
  })

  test('are read anew for those who ask while a reading runs: they see what was committed meanwhile', async () => {
    const { begun, reads } = waitingReads()
    const early = reads.load(1)
    await nextTurn()
    const late = reads.load(1)
    await nextTurn()
    expect(begun).toHaveLength(2)
    begun[1]?.end.resolve(new Map([[1, 'new']]))
    begun[0]?.end.resolve(new Map([[1, 'old']]))
    expect(await Promise.all([early, late])).toEqual(['old', 'new'])
  })

  test('are read by several statements if they are very many', async () => {
    const { begun, reads } = waitingReads()
    for (let key = 0; key < 450; key += 1) void reads.load(key)
    await nextTurn()
    expect(begun.map(({ keys }) => keys.length)).toEqual([200, 200, 50])
  })

  test('fail for all of them, and not for those who come later', async () => {
    const { begun, reads } = waitingReads()
    const asked = [reads.load(1), reads.load(2)]
    await nextTurn()
    begun[0]?.end.reject(new Error('The link broke.'))
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const again = reads.load(1)
    await nextTurn()
    begun[1]?.end.resolve(new Map([[1, 'one']]))
    expect(await again).toBe('one')
  })

  test('run in the scope of none, so that the end of one operation ends it for no other', async () => {
    let within: StatementScope | undefined = new StatementScope('nobody')
    const reads = new SharedReads<number, string>(async () => {
      within = StatementScope.current
      return new Map([[1, 'one']])
    })
    const [leaving, staying] = [new StatementScope('a'), new StatementScope('b')]
    const asked = [leaving, staying].map((scope) => scope.run(() => reads.load(1)))
    leaving.end(new Error('The client has left.'))
    await expect(asked[0]).rejects.toThrow('The client has left.')
    expect(await asked[1]).toBe('one')
    expect(within).toBeUndefined()
    await expect(leaving.run(() => reads.load(1))).rejects.toThrow('The client has left.')
  })

  test('are charged to each operation by its part of the time', async () => {
    const { begun, reads } = waitingReads()
    const scopes = ['a', 'b', 'c'].map((client) => new StatementScope(client))
    const asked = scopes.map((scope, index) => scope.run(() => reads.load(index === 2 ? 2 : 1)))
    await nextTurn()
    begun[0]?.end.resolve(new Map())
    await Promise.all(asked)
    const [a = 0, b = 0, c = 0] = scopes.map(({ spentMs }) => spentMs)
    expect(a).toBeGreaterThan(0)
    expect(b).toBe(a)
    expect(c).toBeCloseTo(a + b)
  })
})

describe('papers', () => {
  const copy = useTestDatabase()

  test('that are asked for one by one cost one statement, whatever their ids hold', async () => {
    const { db } = copy.database
    await plant(db, [{}, {}])
    const ids = ['2606.00001', '2606.00002', '2606.00003', 'a"b\\c,{}']
    const asked = ids.map((arxivId) => papersByKeys(db, [{ arxivId }], new Set(['title'])))
    expect((await Promise.all(asked)).map(([paper]) => paper?.title)).toEqual([
      'Paper 1',
      'Paper 2',
      undefined,
      undefined,
    ])
  })
})
