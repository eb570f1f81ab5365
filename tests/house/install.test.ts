import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

test('npm ci leaves the development packages out, and each script that needs them brings them', () => {
  expect(read('.npmrc')).toMatch(/^omit=dev$/m)
  const scripts: Record<string, string> = packageJson.scripts
  // Those of the program begin with its command line; a script of scripts brings what its parts bring.
  const needs = Object.entries(scripts).filter(
    ([name, command]) =>
      !/^(pre|post)/.test(name) &&
      !/^(exec )?node src\/cli.mjs/.test(command) &&
      !command.startsWith('npm run'),
  )
  expect(needs.map(([name]) => name)).toContain('test')
  for (const [name] of needs) expect(scripts[`pre${name}`], name).toBe('node tests/install.mjs')
})

test('what npm ci runs needs no package, and no newer Node than npm itself', () => {
  expect(packageJson.scripts.postinstall).toBe('node src/install-node.mjs && node src/make-bundle.mjs')
  for (const file of ['src/install-node.mjs', 'src/make-bundle.mjs', 'src/bundle.mjs', 'tests/install.mjs'])
    expect(
      [...read(file).matchAll(/ from '([^']+)'/g)].filter(([, name]) => !/^(node:|\.\/)/.test(name ?? '')),
    ).toEqual([])
})

test.each([
  ['of a clone', 'clone', 'clone/node_modules'],
  ['that npx installs', 'node_modules/daily-papers', 'node_modules'],
])('on an older Node, the commands %s find a newer one', (_, folder, modules) => {
  const place = mkdtempSync(join(tmpdir(), 'daily-papers-install-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  for (const name of ['package.json', 'src/install-node.mjs'])
    cpSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), join(place, folder, name))
  // In place of npm: it writes down what it is asked for.
  mkdirSync(join(place, 'bin'))
  writeFileSync(join(place, 'bin/npm'), `#!/bin/sh\necho "$@" > '${place}/asked'\n`, { mode: 0o755 })
  const older = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "20.20.2" })'
  execFileSync(process.execPath, ['--import', older, join(place, folder, 'src/install-node.mjs')], {
    env: { PATH: [join(place, 'bin'), process.env.PATH].join(delimiter) },
  })
  const [, wanted = ''] = / (\S+)@24\./.exec(readFileSync(join(place, 'asked'), 'utf8')) ?? []
  expect(readlinkSync(join(place, modules, '.bin/node'))).toBe(`../.node/node_modules/${wanted}/bin/node`)
})
