import packageJson from '../package.json' with { type: 'json' }

/** Who asks, as the operators of other servers see it; `contact` is an address under which they reach ours. */
export function userAgentOf(contact?: string): string {
  return `${packageJson.name}/${packageJson.version}${contact === undefined ? '' : ` (+${contact})`}`
}
