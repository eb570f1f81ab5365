// Before a script that needs development packages: `npm ci` installs only what runs the program.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
if (!existsSync(`${root}node_modules/vitest/package.json`)) {
  console.error('Installing the development packages, once.')
  const { status } = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
