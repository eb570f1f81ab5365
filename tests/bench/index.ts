import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** `npm run bench -- <name> [arguments …]` runs tests/bench/<name>.ts. */
const [name = '', ...rest] = process.argv.slice(2)
const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''))
if (known.includes(name) && name !== 'index') {
  const file = join(import.meta.dirname, `${name}.ts`)
  process.exitCode = spawnSync(process.execPath, [file, ...rest], { stdio: 'inherit' }).status ?? 1
} else {
  console.error(`Say which benchmark: ${known.filter((one) => one !== 'index').join(', ')}.`)
  process.exitCode = 1
}
