/** What a failed attempt to send means. */
export type SendFault =
  /** Tried again later: the relay or the way to it has a fault, or wants time. */
  | { readonly kind: 'passing'; readonly failure: string }
  /** The relay does not take this mail, and never will. */
  | { readonly kind: 'refused'; readonly failure: string }
  /** There is no such mailbox. */
  | { readonly kind: 'noMailbox'; readonly failure: string }

/** Milliseconds until the next attempt, by the number of attempts before. */
export const retryDelaysMs = [60_000, 300_000, 1_800_000, 7_200_000] as const

/** As nodemailer reports an answer of the relay. */
interface SmtpError {
  readonly responseCode?: number
  readonly response?: string
  readonly command?: string
}

/**
 * Judges an error of nodemailer. Enhanced status codes (RFC 3463): 5.1.1 to 5.1.3, 5.1.6 and 5.1.10 say that the address
 * is wrong. Refused logins and senders are faults of ours, which the operator can mend.
 */
export function sendFaultOf(error: unknown): SendFault {
  const { responseCode = 0, response = '', command = '' } = error as SmtpError
  const failure = (response || (error instanceof Error ? error.message : String(error))).slice(0, 500)
  const isForRecipient = command === 'RCPT TO' || command === 'DATA' || command.startsWith('RCPT')
  if (responseCode < 500 || !isForRecipient) return { kind: 'passing', failure }
  const [, enhanced] = /^5\d\d[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? []
  const wrongAddress = enhanced === undefined ? false : /^5\.1\.(?:[1236]|10)$/.test(enhanced)
  return { kind: wrongAddress && command !== 'DATA' ? 'noMailbox' : 'refused', failure }
}
