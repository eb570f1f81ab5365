import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { plantSeeds } from '../../seeds/plant.ts'
import { query, startTestApp } from '../support/app.ts'
import { once } from '../support/patience.ts'
import { freePort } from '../support/ports.ts'

const program = fileURLToPath(new URL('../../src/examples/gateway/run.ts', import.meta.url))

/** What a run that cannot start writes to standard error. */
async function refusal(file: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const stderr = child.stderr.setEncoding('utf8').toArray()
  const [code] = await once<[number]>(child, 'close')
  return { code, stderr: (await stderr).join('') }
}

test('the gateway of the example joins papers with the reviews of another subgraph', async () => {
  await using app = await startTestApp()
  await plantSeeds(app.db)
  const port = await freePort()
  const child = spawn(process.execPath, [program, app.url, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let said = ''
    for await (const text of child.stdout.setEncoding('utf8')) {
      said += text
      if (said.includes('Press Ctrl-C to stop.')) break
    }
    expect(said).toContain(`in front of ${app.endpoint} and of`)
    const { papers } = await query<{ papers: { nodes: { reviews: { text: string }[] }[] } }>(
      { endpoint: `http://127.0.0.1:${port}/graphql` },
      '{ papers(first: 2) { nodes { title reviews { text } } } }',
    )
    expect(papers.nodes.map(({ reviews }) => reviews.length)).toEqual([1, 1])
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
  }
})

test('without a server to stand in front of it says which command starts one', async () => {
  const port = await freePort()
  expect(await refusal(program, `http://127.0.0.1:${port}`)).toEqual({
    code: 1,
    stderr: `No server answers at http://127.0.0.1:${port}. Run npm start first, or pass another URL.\n`,
  })
})

test('without the development packages it says which command installs them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daily-papers-example-'))
  try {
    copyFileSync(program, join(folder, 'run.ts'))
    const { code, stderr } = await refusal(join(folder, 'run.ts'))
    expect([code, stderr.split('\n').filter((line) => line.startsWith('The gateway'))]).toEqual([
      1,
      [
        'The gateway needs @graphql-hive/gateway-runtime and @theguild/federation-composition: run npm ci --include=dev.',
      ],
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
