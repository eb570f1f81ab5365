/**
 * Bytes of what a digest tells, in both its forms as they are sent: with headers and frame a mail has less than 90 kB.
 * Gmail shows 102 kB, and cuts the rest off with the way to unsubscribe.
 */
const mostBytes = 80_000

/** The room of a mail that is left. */
export class MailRoom {
  #left = mostBytes

  /** The first items, as many as there is room for. `textsOf` is all that stands of one in the mail. */
  take<Item>(items: readonly Item[], textsOf: (item: Item) => readonly string[]): readonly Item[] {
    const end = items.findIndex((item) => {
      this.#left -= sentBytes(textsOf(item).join('\n'))
      return this.#left < 0
    })
    return end === -1 ? items : items.slice(0, end)
  }
}

/** As quoted-printable (RFC 2045, 6.7): three bytes for each that is none of ASCII, and lines of 76. */
function sentBytes(text: string): number {
  const ascii = text.replace(/[^\n -<>-~]/gu, '').length
  const bytes = ascii + 3 * (Buffer.byteLength(text) - ascii)
  return Math.ceil(bytes * (1 + 3 / 73))
}
