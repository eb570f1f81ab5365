import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { followFeed } from '../../src/client/follow.ts'
import { useTestApp } from '../support/app.ts'
import { startCli } from '../support/cli.ts'
import { runMain } from '../support/main.ts'
import { plant } from '../support/papers.ts'

const cwd = mkdtempSync(join(tmpdir(), 'daily-papers-follow-'))
const app = useTestApp()
afterAll(() => rmSync(cwd, { recursive: true }))

/** A TCP proxy whose links can be cut. */
async function proxy(port: number) {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/graphql`,
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: () => server.close(),
  }
}

test('the recipe goes on after cuts, with each paper once', async () => {
  const link = await proxy(Number(new URL(app.url).port))
  const stop = new AbortController()
  const titles: string[] = []
  const onLive = vi.fn()
  const done = (async () => {
    for await (const { paper } of followFeed({
      url: link.url,
      kinds: ['INGESTED'],
      onLive,
      signal: stop.signal,
    })) {
      titles.push(paper.title)
    }
  })()
  await vi.waitFor(() => expect(onLive).toHaveBeenCalled(), { timeout: 150_000 })
  const expected: string[] = []
  for (let round = 0; round < 3; round++) {
    link.cut()
    const title = `Cut ${round}`
    await plant(app.db, [{ arxivId: `2608.0000${round}`, title }])
    expected.push(title)
    await vi.waitFor(() => expect(titles).toEqual(expected), { timeout: 150_000 })
  }
  stop.abort()
  await done
  link.close()
  await vi.waitFor(() => expect(app.hub.held.subscriptions).toBe(0), { timeout: 150_000 })
})

test('follow prints what comes, says where to go on, and goes on there', async () => {
  await using first = startCli(['follow', '--url', app.endpoint, '--keyword', 'sparsity'], { cwd })
  await first.said(/Following/)
  await plant(app.db, [
    { arxivId: '2608.00011', title: 'Dense things' },
    { arxivId: '2608.00012', title: 'Sparse things', keywords: ['Sparsity'] },
  ])
  await first.said(/Sparse things/)
  first.kill('SIGINT')
  expect(await first.ended).toMatchObject({ code: 0 })
  expect(first.stdout).not.toContain('Dense')
  const [, cursor = ''] = /--after (\S+)/.exec(first.stderr) ?? []
  await plant(app.db, [{ arxivId: '2608.00013', title: 'While away', keywords: ['Sparsity'] }])
  await using second = startCli(
    ['follow', '--url', app.endpoint, '--keyword', 'sparsity', '--after', cursor, '--json'],
    { cwd },
  )
  await second.said(/While away/)
  expect(JSON.parse(second.stdout)).toMatchObject({ type: 'PaperIngested', paper: { title: 'While away' } })
  second.kill('SIGTERM')
  expect(await second.ended).toMatchObject({ code: 0 })
})

test('follow says what is wrong with what it was given', async () => {
  const said = async (...args: string[]) => {
    const { code, stderr } = await runMain(['follow', ...args], { cwd })
    expect(code).toBe(1)
    return stderr
  }
  expect(await said('--url', 'localhost')).toContain('Pass an address like')
  expect(await said('--filter', '{')).toContain('Pass a PaperFilter as JSON')
  expect(await said('--url', app.endpoint, '--filter', '{"color": "red"}')).toContain('"color"')
  expect(await said('--url', app.endpoint, '--after', 'nonsense')).toContain('is not a feed cursor')
})

test('what a function of the caller throws ends it: that is no fault of the connection', async () => {
  const broken = new Error('The disk is full.')
  const onLost = vi.fn()
  const onCursor = () => {
    throw broken
  }
  const events = followFeed({ url: app.endpoint, onCursor, onLost })
  await expect(events.next()).rejects.toBe(broken)
  expect(onLost).not.toHaveBeenCalled()
})
