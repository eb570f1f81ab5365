/**
 * The input as a whole cannot be read: it is empty, of another kind, cut off, or an error that the upstream sent
 * instead of papers. The message is a sentence for a person that says what to do; it holds no path and no stack.
 * One bad item among good ones is a `Rejection`, never this.
 */
export class SourceError extends Error {
  override name = 'SourceError'
}
