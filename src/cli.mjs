#!/usr/bin/env node
// The entry point. Plain JavaScript, so that a Node that is too old for the rest can say so.
import { existsSync } from 'node:fs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { main } = await import('./commands/main.ts')
  await main(process.argv)
} else {
  process.exitCode = 1
  console.error(
    `daily-papers needs Node 22.18 or newer, and this is Node ${process.versions.node}. ` +
      'Install a newer Node, or run `npm ci` without --ignore-scripts, and then npm start: it brings one.',
  )
}
