/** Nothing came in time. The code is that of the system for a connection that stays without an answer. */
export class TimeoutError extends Error {
  override name = 'TimeoutError'
  readonly code = 'ETIMEDOUT'
}

/** The outcome of `work`, or a rejection with `message` when it takes longer than `milliseconds`. */
export async function within<Result>(
  milliseconds: number,
  work: Result | Promise<Result>,
  message = `Timed out after ${milliseconds} ms.`,
): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new TimeoutError(message)), milliseconds)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
