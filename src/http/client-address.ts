import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, SocketAddress } from 'node:net'

/** Which proxies are believed when they say for whom they ask. */
type TrustedProxies =
  /** So many proxies stand in front, each of which adds the address that it sees. */
  | { readonly hops: number }
  /** Addresses and networks of proxies, e.g. `10.0.0.0/8`. */
  | { readonly networks: readonly string[] }

/** The address by which the client of a request is counted. */
export interface ClientAddress {
  (request: IncomingMessage | undefined): string
  /** The same of a connection without a request yet; undefined for that of a trusted proxy, which serves many. */
  readonly ofPeer: (address: string | undefined) => string | undefined
}

/**
 * An IPv4 address, the network of an IPv6 address (/64: what one customer has at least), or `unknown`. Anybody can
 * write the headers of proxies, so they are read from the right, and only as far as trusted proxies wrote them:
 * `X-Forwarded-For`, or `Forwarded` (RFC 7239) where there is none.
 */
export function clientAddress(trusted: TrustedProxies): ClientAddress {
  const isTrusted = trustedBy(trusted)
  const addressOf = (request: IncomingMessage | undefined) => {
    let address = request?.socket.remoteAddress
    if (address === undefined) return 'unknown'
    if (!isTrusted(address, 0)) return countedAs(address)
    const others = forwardedFor(request).reverse()
    for (const [index, other] of others.entries()) {
      if (other === undefined) break
      address = other
      if (!isTrusted(address, index + 1)) break
    }
    return countedAs(address)
  }
  const ofPeer = (address: string | undefined) => {
    if (address === undefined) return 'unknown'
    return isTrusted(address, 0) ? undefined : countedAs(address)
  }
  return Object.assign(addressOf, { ofPeer })
}

/** Whether a request comes from a proxy that is believed. */
export function fromTrustedProxy(trusted: TrustedProxies): (request: IncomingMessage) => boolean {
  const isTrusted = trustedBy(trusted)
  return ({ socket: { remoteAddress } }) => remoteAddress !== undefined && isTrusted(remoteAddress, 0)
}

type IsTrusted = (address: string, hop: number) => boolean

function trustedBy(trusted: TrustedProxies): IsTrusted {
  if ('hops' in trusted) return (_address, hop) => hop < trusted.hops
  const networks = new BlockList()
  for (const network of trusted.networks) {
    const { address, bits, family } = networkOf(network) ?? {}
    if (address !== undefined && bits !== undefined) networks.addSubnet(address, bits, family)
  }
  return (address) => {
    const plain = unmapped(address)
    return networks.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  }
}

/** What a setting says: `none`, a number, or addresses and networks; undefined for another text. */
export function trustedProxiesIn(text: string): TrustedProxies | undefined {
  if (text === 'none') return { hops: 0 }
  if (/^\d{1,2}$/.test(text)) return { hops: Number(text) }
  const networks = text.split(/[\s,]+/)
  return networks.every((network) => networkOf(network)) ? { networks } : undefined
}

/** An address, or a network in CIDR notation; undefined for another text. */
function networkOf(text: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const version = isIP(address)
  const most = version === 6 ? 128 : 32
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : -1
  if (version === 0 || rest.length > 0 || bits < 0 || bits > most) return undefined
  return { address, bits, family: version === 6 ? 'ipv6' : 'ipv4' }
}

/** The addresses that proxies have noted, from left to right; undefined for what is none. */
function forwardedFor(request: IncomingMessage | undefined): (string | undefined)[] {
  const { 'x-forwarded-for': listed, forwarded } = request?.headers ?? {}
  if (listed !== undefined) return [listed].flat().join().split(',').map(addressIn)
  if (forwarded === undefined) return []
  return forwarded
    .split(',')
    .map((element) => addressIn(/(?:^|;)\s*for\s*=\s*"?([^";,]*)/i.exec(element)?.[1] ?? ''))
}

/** Without a port and the brackets of IPv6. */
function addressIn(text: string): string | undefined {
  const trimmed = text.trim()
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed) ?? []
  const address = bracketed ?? trimmed.replace(/^([\d.]+):\d+$/, '$1')
  return isIP(address) === 0 ? undefined : address
}

/** IPv4 within IPv6 (RFC 4291, 2.5.5.2): sockets that listen to both have `::ffff:192.0.2.1`, headers any form of it. */
function unmapped(address: string): string {
  if (!/ffff:/i.test(address)) return address
  const written = isIP(address) === 6 ? new SocketAddress({ address, family: 'ipv6' }).address : address
  const [, plain] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(written) ?? []
  return plain ?? address
}

function countedAs(address: string): string {
  const plain = unmapped(address)
  if (isIP(plain) !== 6) return plain
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const left = tail === undefined ? groups : [...groups, ...Array(4).fill('0')]
  const network = left.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
