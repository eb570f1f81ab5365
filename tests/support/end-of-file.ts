/** What the test file that runs leaves to its end, and what becomes of it there: see failed-files.ts. */
export const leftToTheEnd: ((failedFile: string | undefined) => Promise<void>)[] = []

/** Runs when all tests of the file are over, and says in which file one failed. */
export function atEndOfFile(work: (failedFile: string | undefined) => Promise<void>): void {
  leftToTheEnd.push(work)
}
