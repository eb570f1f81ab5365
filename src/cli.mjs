#!/usr/bin/env node
// The entry point. Plain JavaScript, so that a Node that is too old for the rest can say so.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { findBundle } from './bundle.mjs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) {
  // Compiled once and not at each start: half of the time, and a fifth of the memory. Where it cannot be written, without.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))
  // Until the program is loaded; see room.ts.
  setFlagsFromString('--semi-space-growth-factor=1')
  if (existsSync('.env')) process.loadEnvFile('.env')
  const bundle = findBundle()
  if (import.meta.url.includes('/node_modules/')) {
    const hooks = new URL('./strip-types.mjs', import.meta.url).href
    // Threads and processes that begin later need them, too.
    process.execArgv.push('--import', hooks)
    await import(hooks)
  }
  try {
    const { main } = await import(bundle ?? './commands/main.ts')
    await main(process.argv)
  } catch (error) {
    const [, name] = /^Cannot find package '([^']+)'/.exec(error.message) ?? []
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || name === undefined) throw error
    process.exitCode = 1
    console.error(
      `The package ${name} is not installed. Run npm ci in the folder of daily-papers, then start it again.`,
    )
  }
} else {
  process.exitCode = 1
  console.error(
    `daily-papers needs Node 22.18 or newer, and this is Node ${process.versions.node}. ` +
      'Run npm ci (without --ignore-scripts), which brings one along, and start it with npm start; or install a newer Node.',
  )
}
