import { Readable } from 'node:stream'
import { vi } from 'vitest'
import { main } from '../../src/commands/main.ts'
import type { CliOptions } from './cli.ts'

/**
 * Runs the program to its end in this process, which saves the start of another: for what it says and does, where the
 * process itself is not what is tested. One at a time.
 */
export async function runMain(
  args: readonly string[],
  { env = {}, cwd, input = '' }: Pick<CliOptions, 'env' | 'cwd' | 'input'>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const before = { cwd: process.cwd(), env: process.env, listeners: process.stdout.listeners('error') }
  const heard = { stdout: '', stderr: '' }
  const hear = (stream: 'stdout' | 'stderr') => (text: unknown) => {
    heard[stream] += text
    return true
  }
  const hearLine = (stream: 'stdout' | 'stderr') => (text: unknown) => void hear(stream)(`${text}\n`)
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(hear('stdout')),
    vi.spyOn(process.stderr, 'write').mockImplementation(hear('stderr')),
    // The runner has a console of its own, which does not write to these streams.
    vi.spyOn(console, 'log').mockImplementation(hearLine('stdout')),
    vi.spyOn(console, 'error').mockImplementation(hearLine('stderr')),
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([Buffer.from(input)]) as never),
  ]
  process.chdir(cwd)
  process.env = { PATH: before.env.PATH, ...env }
  process.exitCode = 0
  try {
    await main([process.execPath, 'daily-papers', ...args])
    return { code: Number(process.exitCode), ...heard }
  } finally {
    process.exitCode = undefined
    process.env = before.env
    process.chdir(before.cwd)
    for (const spy of spies) spy.mockRestore()
    for (const listener of process.stdout.listeners('error')) {
      if (!before.listeners.includes(listener)) process.stdout.off('error', listener as () => void)
    }
  }
}
