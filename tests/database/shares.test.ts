import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ConnectionShares, DatabaseOverloadedError } from '../../db/connection/shares.ts'
import { StatementScope } from '../../db/connection/statement-scope.ts'

/** Who still waits when a test is over is not refused before the tests are. */
const limits = { total: 4, perClient: 2, maxWaitMs: 2 ** 31 - 1, maxWaiting: 100 }

/** Who has a connection, in the order in which they got it. */
function entering(shares: ConnectionShares) {
  const served: string[] = []
  return {
    served,
    async enter(name: string, scope: StatementScope | undefined): Promise<() => void> {
      const leave = await shares.enter(scope)
      served.push(name)
      return leave
    },
  }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the connections of a pool', () => {
  test('are not all for one client, however much it asks', async () => {
    const { served, enter } = entering(new ConnectionShares(limits))
    const scope = new StatementScope('busy')
    const entered = ['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => enter(name, scope))
    await settled()
    expect(served).toEqual(['a1', 'a2'])
    await enter('b', new StatementScope('quiet'))
    expect(served).toEqual(['a1', 'a2', 'b'])
    const leave = await entered[0]
    leave?.()
    await settled()
    expect(served).toEqual(['a1', 'a2', 'b', 'a3'])
  })

  test('go to waiting clients in turn', async () => {
    const { served, enter } = entering(new ConnectionShares({ ...limits, total: 2, perClient: 1 }))
    const first = enter('a1', new StatementScope('a'))
    const second = enter('b1', new StatementScope('b'))
    const again = enter('a2', new StatementScope('a'))
    for (const name of ['a3', 'c1', 'c2', 'b2']) void enter(name, new StatementScope(name.charAt(0)))
    for (const leave of [await first, await second]) {
      leave()
      await settled()
    }
    expect(served).toEqual(['a1', 'b1', 'a2', 'b2'])
    const leave = await again
    leave()
    await settled()
    expect(served.at(-1)).toBe('c1')
  })

  test('leave one to others even in a small pool', async () => {
    const { served, enter } = entering(new ConnectionShares({ ...limits, total: 2, perClient: 3 }))
    void enter('a1', new StatementScope('a'))
    void enter('a2', new StatementScope('a'))
    await settled()
    await enter('b1', new StatementScope('b'))
    expect(served).toEqual(['a1', 'b1'])
  })

  test('are all there for the server itself', async () => {
    const { served, enter } = entering(new ConnectionShares(limits))
    await Promise.all(['s1', 's2', 's3', 's4'].map((name) => enter(name, undefined)))
    expect(served).toHaveLength(4)
  })
})

describe('an operation', () => {
  test('that got no connection in time is refused, and all of it', async () => {
    const shares = new ConnectionShares({ ...limits, perClient: 1, maxWaitMs: 20 })
    await shares.enter(new StatementScope('a'))
    const late = new StatementScope('a')
    const both = [shares.enter(late), shares.enter(late)]
    const reasons = await Promise.allSettled(both)
    expect(reasons.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(late.endedBy).toBeInstanceOf(DatabaseOverloadedError)
    expect(() => shares.enter(late)).toThrow(DatabaseOverloadedError)
  })

  test('is refused at once where too many wait already', async () => {
    const shares = new ConnectionShares({ ...limits, perClient: 1, maxWaiting: 20 })
    await shares.enter(new StatementScope('a'))
    void shares.enter(new StatementScope('a'))
    void shares.enter(new StatementScope('a'))
    expect(() => shares.enter(new StatementScope('a'))).toThrow(DatabaseOverloadedError)
    await shares.enter(new StatementScope('b'))
  })

  test('that has begun waits for as long as it lives', async () => {
    const shares = new ConnectionShares({ ...limits, perClient: 1, maxWaitMs: 1 })
    const scope = new StatementScope('a')
    const leave = await shares.enter(scope)
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const next = shares.enter(scope)
    vi.advanceTimersByTime(20)
    expect(scope.endedBy).toBeUndefined()
    leave()
    await next
  })

  test('that ended waits no longer, and its place goes to others', async () => {
    const shares = new ConnectionShares({ ...limits, perClient: 1 })
    const leave = await shares.enter(new StatementScope('a'))
    const gone = new StatementScope('a')
    const waiting = shares.enter(gone)
    const next = shares.enter(new StatementScope('a'))
    gone.end(new Error('The client has left.'))
    await expect(waiting).rejects.toThrow('The client has left.')
    leave()
    await next
  })
})

describe('the scope of a request', () => {
  test('is that of its first operation, and of no other client', () => {
    const request = new StatementScope('a', { request: { requestId: '1' } })
    const claimed = request.run(() => [
      StatementScope.claimed('b'),
      StatementScope.claimed('a'),
      StatementScope.claimed('a'),
    ])
    expect(claimed.map((scope) => scope === request)).toEqual([false, true, false])
    expect(StatementScope.claimed('a')).not.toBe(request)
  })

  test('is left by work that several operations share', () => {
    const request = new StatementScope('a', { request: { requestId: '1' } })
    const inside = request.run(() => [
      StatementScope.current,
      StatementScope.outside(() => StatementScope.current),
    ])
    expect(inside).toEqual([request, undefined])
    expect(StatementScope.current).toBeUndefined()
  })
})
