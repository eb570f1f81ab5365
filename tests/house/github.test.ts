import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const folder = new URL('../../.github/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const packageJson = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe('workflows/check.yml', () => {
  const text = read('workflows/check.yml')
  const { jobs, permissions } = parse(text)
  const { matrix } = jobs.check.strategy

  test('runs .ci/run on the oldest and the newest Node and Postgres that are supported', () => {
    expect(`>=${matrix.node[0].replace(/\.0$/, '')}`).toBe(packageJson.engines.node)
    expect(matrix.node.at(-1)).toBe(packageJson.devDependencies.node.split('.')[0])
    const [, oldest] = /oldestPostgres = (\d+)/.exec(
      readFileSync(new URL('../../src/store.ts', import.meta.url), 'utf8'),
    ) ?? ['', '']
    const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')
    const newest = /^postgres:(\d+)/.exec(parse(compose).services.postgres.image)?.[1]
    expect(matrix.postgres).toEqual([oldest, newest])
    expect(jobs.check.services.postgres.image).toMatch(/^postgres:\$\{\{ matrix\.postgres \}\}$/)
    const { run, env } = jobs.check.steps.at(-1)
    expect(run).toBe('TEST_NODE="$(command -v node)" .ci/run')
    expect(URL.canParse(env.TEST_DATABASE_URL)).toBe(true)
  })

  test('pins each action by commit with its version beside it, and may only read', () => {
    const uses = [...text.matchAll(/uses: (.+)$/gm)].map(([, action = '']) => action)
    expect(uses.length).toBeGreaterThan(0)
    expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual(
      [],
    )
    expect(permissions).toEqual({ contents: 'read' })
  })
})

test('dependabot.yml updates npm, images and actions, in groups', () => {
  const { updates } = parse(read('dependabot.yml'))
  const ecosystems = updates.map((update: { 'package-ecosystem': string }) => update['package-ecosystem'])
  expect(ecosystems).toEqual(['npm', 'docker', 'docker-compose', 'github-actions'])
  for (const { directory, schedule, groups } of updates) {
    expect([directory, schedule]).toEqual(['/', { interval: 'weekly' }])
    expect(Object.keys(groups).length).toBeGreaterThan(0)
  }
})

test('every issue form has a name, a description and fields with ids of their own', () => {
  const forms = readdirSync(new URL('ISSUE_TEMPLATE/', folder)).filter((name) => name !== 'config.yml')
  expect(forms).toEqual(['bug.yml', 'feature.yml'])
  for (const form of forms) {
    const { name, description, body } = parse(read(`ISSUE_TEMPLATE/${form}`))
    expect([typeof name, typeof description]).toEqual(['string', 'string'])
    const fields = body.filter(({ type }: { type: string }) => type !== 'markdown')
    const ids = fields.map(({ id }: { id: string }) => id)
    expect(new Set(ids).size).toBe(fields.length)
    expect(fields.every(({ attributes }: { attributes: { label?: string } }) => attributes.label)).toBe(true)
  }
  expect(parse(read('ISSUE_TEMPLATE/config.yml'))).toEqual({ blank_issues_enabled: false })
})
