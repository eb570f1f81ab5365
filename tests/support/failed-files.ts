import { afterAll } from 'vitest'
import { leftToTheEnd } from './end-of-file.ts'

interface Task {
  readonly result?: { readonly state: string }
  readonly tasks?: readonly Task[]
}

function failed({ result, tasks = [] }: Task): boolean {
  return result?.state === 'fail' || tasks.some(failed)
}

// Set up before every test file; files of one process share all modules but the set-up ones.
// biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here, to see which fixtures a hook uses.
afterAll(async ({}, suite) => {
  const failedFile = failed(suite) ? suite.file.name : undefined
  for (const work of leftToTheEnd.splice(0)) await work(failedFile)
})
