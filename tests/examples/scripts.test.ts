import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { query, useTestApp } from '../support/app.ts'
import { browserPath, launchBrowser } from '../support/browser.ts'
import { runCli, startCli } from '../support/cli.ts'
import { plant } from '../support/papers.ts'
import { once } from '../support/patience.ts'

const examples = fileURLToPath(new URL('../../src/examples/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const app = useTestApp()
/** Where the tests begin to listen: before the papers that they add. */
let start = ''
const position = async () => (await query<{ feedPosition: string }>(app, '{ feedPosition }')).feedPosition
beforeAll(async () => {
  await plant(app.db, [{ arxivId: undefined, title: 'From before' }])
  start = await position()
})

/** Runs a program until the end of the test; what it prints. */
function run(command: string, args: readonly string[]) {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const heard = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (piece: string) => {
      heard[stream] += piece
    })
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    process.kill(-child.pid, 'SIGKILL')
    await once(child, 'close')
  }
  onTestFinished(end)
  return { heard, end }
}

const hasPython = works('python3', ['--version'])
const hasCurl = works('curl', ['--version'])

function works(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const soon = { timeout: 150_000 }

test.skipIf(!hasPython)('Python: titles are printed, and a second run goes on after the first', async () => {
  const args = [join(examples, 'new_papers.py'), app.url, join(folder, 'python.cursor')]
  const state = () => readFileSync(join(folder, 'python.cursor'), 'utf8')
  const first = run('python3', args)
  await vi.waitFor(state, soon)
  await plant(app.db, [{ arxivId: undefined, title: 'One for Python' }])
  await vi.waitFor(() => expect(first.heard.stdout).toBe('One for Python\n'), soon)
  const reached = await position()
  await vi.waitFor(() => expect(state()).toBe(reached), soon)
  await first.end()
  await plant(app.db, [{ arxivId: undefined, title: 'Two for Python' }])
  const second = run('python3', args)
  await vi.waitFor(() => expect(second.heard.stdout).toBe('Two for Python\n'), soon)
  expect(second.heard.stderr).toBe('')
})

test.skipIf(!hasCurl)('shell: addresses of new papers, one a line', async () => {
  const { heard } = run('sh', [join(examples, 'new-papers.sh'), app.url, start])
  await plant(app.db, [{ arxivId: '2606.07777', title: 'One for "the" shell' }])
  await vi.waitFor(() => expect(heard.stdout).toContain('https://huggingface.co/papers/2606.07777\n'), soon)
})

test('Slack: each paper is posted once, escaped, and again only if Slack did not take it', async () => {
  const posted: string[] = []
  let busy = true
  const slack = createServer(async (request: IncomingMessage, response) => {
    const body = await text(request)
    if (busy) {
      busy = false
      return void response.writeHead(429, { 'retry-after': '0' }).end()
    }
    posted.push(JSON.parse(body).text)
    response.end('ok')
  })
  await once(slack.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void slack.close())
  const webhook = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/`
  const state = join(folder, 'slack.cursor')
  const { heard } = run(process.execPath, [join(examples, 'slack-bot.ts'), app.endpoint, webhook, state])
  await vi.waitFor(() => readFileSync(state, 'utf8'), soon)
  await plant(app.db, [{ arxivId: '2606.08888', title: 'A < B & C' }])
  await vi.waitFor(() => expect(posted).toHaveLength(1), soon)
  expect(posted[0]).toContain('<https://huggingface.co/papers/2606.08888|A &lt; B &amp; C>')
  expect(heard.stderr).toBe('')
})

test.skipIf(!browserPath)(
  'EventSource in a page: new papers appear, and the page goes on where it was',
  async () => {
    const html = readFileSync(join(examples, 'live.html'))
    const site = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end(html),
    )
    await once(site.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void site.close())
    const browser = await launchBrowser(browserPath ?? '')
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    const address = `http://127.0.0.1:${(site.address() as AddressInfo).port}/?server=${app.url}`
    await page.goto(address)
    await page.getByText('Live.').waitFor()
    await plant(app.db, [{ arxivId: undefined, title: 'One for the page' }])
    await page.getByText('One for the page').waitFor()
    await page.goto('about:blank')
    await plant(app.db, [{ arxivId: undefined, title: 'Two for the page' }])
    await page.goto(address)
    await page.getByText('Two for the page').waitFor()
    expect(await page.getByText('One for the page').count()).toBe(0)

    // As a proxy answers while the server restarts.
    let refusals = 1
    const headers = { 'access-control-allow-origin': '*' }
    await page.route('**/feed?*', (route) =>
      refusals-- > 0 ? route.fulfill({ status: 502, headers }) : route.continue(),
    )
    await page.goto('about:blank')
    await plant(app.db, [{ arxivId: undefined, title: 'Three for the page' }])
    await page.goto(address)
    await page.getByText('Three for the page').waitFor()
    expect(refusals).toBeLessThan(0)
  },
  60_000,
)

test('follow ends at once if its state cannot be kept: a command would run again at each start', async () => {
  const state = join(folder, 'nowhere', 'follow.cursor')
  const marks = join(folder, 'marks')
  const args = ['--url', app.endpoint, '--after', 'START', '--state', state, '--exec', `echo >> '${marks}'`]
  expect(await runCli(['follow', ...args], { cwd: folder })).toEqual({
    ...{ code: 1, stdout: '' },
    stderr: expect.stringMatching(/^Cannot keep the state in .*follow\.cursor: ENOENT/),
  })
  expect(existsSync(marks)).toBe(false)
})

test('follow --state --exec: each paper once over restarts; a command that fails is repeated', async () => {
  const state = join(folder, 'follow.cursor')
  const marker = join(folder, 'broken')
  const command = `test ! -e '${marker}' && cat >> '${join(folder, 'seen')}'`
  const args = ['follow', '--url', app.endpoint, '--after', start, '--state', state, '--exec', command]
  const seen = () =>
    readFileSync(join(folder, 'seen'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).paper.title)
  await plant(app.db, [{ arxivId: undefined, title: 'One to follow' }])
  {
    await using first = startCli(args, { cwd: folder })
    await vi.waitFor(() => expect(seen()).toContain('One to follow'), soon)
    await first.said(/Following/)
    await vi.waitFor(() => expect(readFileSync(state, 'utf8').trim()).not.toBe(start), soon)
    first.kill('SIGKILL')
    await first.ended
  }
  execFileSync('touch', [marker])
  await plant(app.db, [{ arxivId: undefined, title: 'Two to follow' }])
  {
    await using second = startCli(args, { cwd: folder })
    expect((await second.ended).code).toBe(1)
    expect(second.stderr).toMatch(/The command of --exec failed \(exit code 1\) at the cursor \S+\.\n$/)
  }
  rmSync(marker)
  await using third = startCli(args, { cwd: folder })
  await vi.waitFor(() => expect(seen()).toContain('Two to follow'), soon)
  expect(seen().filter((title) => title === 'Two to follow')).toHaveLength(1)
  expect(seen().filter((title) => title === 'One to follow')).toHaveLength(1)
  third.kill('SIGTERM')
}, 300_000)

test('follow names the address that it cannot reach', async () => {
  await using follow = startCli(['follow', '--url', 'http://127.0.0.1:9/graphql'], { cwd: folder })
  await follow.said(/The server at http:\/\/127\.0\.0\.1:9\/graphql cannot be reached\. Retrying in/)
})
