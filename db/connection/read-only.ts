import { codeOf } from '../error.ts'

/** Whether a write failed where only reads are allowed: on a standby, or while an operator forbids writes. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === '25006'
}

/**
 * Runs a write again, once, where the server said that it may only be read. A session keeps what it was opened with,
 * so the answer may be out of date; the second run has a connection that was opened after the first one's answer.
 */
export async function onWritable<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    if (!isReadOnly(error)) throw error
    return write()
  }
}
