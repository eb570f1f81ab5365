import { afterAll } from 'vitest'

/** What a test file leaves to its end, and what becomes of it there. Set up before every test file. */
const leftToTheEnd: ((failedFile: string | undefined) => Promise<void>)[] = []

/** Runs when all tests of the file are over, and says in which file one failed. */
export function atEndOfFile(work: (failedFile: string | undefined) => Promise<void>): void {
  leftToTheEnd.push(work)
}

interface Task {
  readonly result?: { readonly state: string }
  readonly tasks?: readonly Task[]
}

function failed({ result, tasks = [] }: Task): boolean {
  return result?.state === 'fail' || tasks.some(failed)
}

// biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here, to see which fixtures a hook uses.
afterAll(async ({}, suite) => {
  const failedFile = failed(suite) ? suite.file.name : undefined
  for (const work of leftToTheEnd.splice(0)) await work(failedFile)
})
