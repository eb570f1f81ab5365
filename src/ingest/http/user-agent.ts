import packageJson from '../../../package.json' with { type: 'json' }

/** Who asks, as the operators of an upstream see it; `contact` is an address under which they reach ours. */
export function userAgent(contact?: string): string {
  return `${packageJson.name}/${packageJson.version}${contact === undefined ? '' : ` (+${contact})`}`
}
