import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

test('npm ci leaves the development packages out, and each script that needs them brings them', () => {
  expect(read('.npmrc')).toMatch(/^omit=dev$/m)
  const scripts: Record<string, string> = packageJson.scripts
  // Those of the program begin with its command line; a script of scripts brings what its parts bring.
  const needs = Object.entries(scripts).filter(
    ([name, command]) =>
      !/^(pre|post)/.test(name) && !command.startsWith('node src/cli.mjs') && !command.startsWith('npm run'),
  )
  expect(needs.map(([name]) => name)).toContain('test')
  for (const [name] of needs) expect(scripts[`pre${name}`], name).toBe('node tests/install.mjs')
})

test('what npm ci runs needs no package, and no newer Node than npm itself', () => {
  expect(packageJson.scripts.postinstall).toBe('node src/install-node.mjs')
  for (const file of ['src/install-node.mjs', 'tests/install.mjs'])
    expect(
      [...read(file).matchAll(/ from '([^']+)'/g)].filter(([, name]) => !name?.startsWith('node:')),
    ).toEqual([])
})
