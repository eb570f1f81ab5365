/** One addr-spec of ASCII, as RFC 5321 has it without quotes: what else an address header may hold is refused. */
const address =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i

export function isMailAddress(text: string): boolean {
  return text.length <= 254 && address.test(text)
}
