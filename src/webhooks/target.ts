import { type LookupAddress, type LookupAllOptions, lookup as systemLookUp } from 'node:dns'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { BlockList, isIPv6, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent'
import { messageOf } from '../../db/error.ts'

/** To where webhooks may be sent. */
export interface TargetRules {
  readonly allowHttp: boolean
  /** Also to addresses of private networks, of this machine and the like. */
  readonly allowPrivate: boolean
  /** Where readers find this server: webhooks are not sent to it. */
  readonly publicUrl?: string | undefined
}

const longestUrl = 2_048
/** An endpoint has an address that webhooks are not sent to. */
class TargetRefusedError extends Error {
  override name = 'TargetRefusedError'
}

/** Why webhooks may not be sent to a URL, as far as it can be told without looking its host up. */
export function faultOfTarget(text: string, rules: TargetRules): string | undefined {
  const url = URL.parse(text)
  if (!url || text.length > longestUrl) return `must be a URL of at most ${longestUrl} characters.`
  const schemes = rules.allowHttp ? ['https:', 'http:'] : ['https:']
  if (!schemes.includes(url.protocol))
    return rules.allowHttp
      ? 'must begin with "https://" or "http://".'
      : `must begin with "https://".${url.protocol === 'http:' ? ' The operator allows "http://" by WEBHOOK_ALLOW_HTTP=on.' : ''}`
  if (url.username || url.password) return 'must not contain a user name or a password.'
  if (url.hash) return 'must not contain a fragment ("#…").'
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (port < 1_024 && port !== 443 && !(rules.allowHttp && port === 80))
    return `must use the port 443 or one from 1024 to 65535, not ${port}.`
  if (rules.allowPrivate) return undefined
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (/(^|\.)localhost$/.test(host) || (isIPv6(host) && !isGlobal(host))) return notPublic
  if (rules.publicUrl !== undefined && host === new URL(rules.publicUrl).hostname)
    return 'must not be the address of this server.'
  return undefined
}

const notPublic =
  'must be reachable from the internet: its host is an address of a private network or of this machine.'

/**
 * Agents that connect to no other address than those that are allowed. The address that is connected to is checked, at
 * the moment of connecting, so that neither a name that is private, nor one whose answer changes, gets around it.
 */
export function targetAgents(
  { allowPrivate }: TargetRules,
  lookUp: LookUp = systemLookUp,
): { http: HttpAgent; https: HttpsAgent } {
  // A connection serves the deliveries that follow one another, and is checked when it is opened.
  const options = { keepAlive: true, timeout: 30_000 }
  if (allowPrivate) return { http: new HttpAgent(options), https: new HttpsAgent(options) }
  const denyIPAddressList = ownAddresses()
  const guarded = { ...options, denyIPAddressList, lookup: globalOnly(lookUp) }
  return { http: new RequestFilteringHttpAgent(guarded), https: new RequestFilteringHttpsAgent(guarded) }
}

/** A public address of this machine leads past its firewall. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? [])
}

/** All addresses of a name. */
export type LookUp = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** Refuses addresses of IPv6 that the agent takes for global, but which are not. */
function globalOnly(lookUp: LookUp): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      if (addresses.some(({ address, family }) => family === 6 && !isGlobal(address)))
        return callback(new TargetRefusedError(notPublic), [])
      const [first] = addresses
      if (options.all || !first) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** Whether an address of IPv6 lies in 2000::/3. Others are private, special, or IPv4 in disguise. */
function isGlobal(address: string): boolean {
  return globalIpv6.check(address, 'ipv6')
}

const globalIpv6 = new BlockList()
globalIpv6.addSubnet('2000::', 3, 'ipv6')

/** The refusal behind an error of a request; undefined if it is another one. The agent's have no class of their own. */
export function refusalBehind(error: unknown): string | undefined {
  const isRefusal =
    error instanceof TargetRefusedError || / is not allowed\. Because,? It is /i.test(messageOf(error))
  return isRefusal ? notPublic : undefined
}
