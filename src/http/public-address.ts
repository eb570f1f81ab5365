import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.ts'
import { fromTrustedProxy } from './client-address.ts'

/**
 * The address at which the clients of a request reach this server, without a slash at the end, e.g.
 * `https://papers.example.org` or `https://example.org/papers`: the setting PUBLIC_URL, or what the request says. Anybody
 * can write the headers of proxies, so they count only if a trusted proxy sent them: `Forwarded` (RFC 7239), or
 * `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Prefix`.
 */
export function publicAddress({
  publicUrl,
  trustProxy,
}: Pick<Config['http'], 'publicUrl' | 'trustProxy'>): (request: IncomingMessage) => string {
  const isTrusted = fromTrustedProxy(trustProxy)
  return (request) => {
    if (publicUrl !== undefined) return publicUrl
    const { headers, socket } = request
    const given = isTrusted(request) ? headers : {}
    const protocol = first(given['x-forwarded-proto']) ?? forwarded(given.forwarded, 'proto') ?? 'http'
    const host = first(given['x-forwarded-host']) ?? forwarded(given.forwarded, 'host') ?? headers.host
    const prefix = first(given['x-forwarded-prefix'])?.replace(/\/+$/, '') ?? ''
    const address = `${protocol === 'https' ? 'https' : 'http'}://${host ?? `localhost:${socket.localPort}`}`
    if (!URL.canParse(address)) return `http://localhost:${socket.localPort}`
    return `${new URL(address).origin}${/^(\/[\w.~-]+)+$/.test(prefix) ? prefix : ''}`
  }
}

/** Where a browser on this machine finds a server that listens at a URL: `localhost` for loopback and wildcard addresses. */
export function localAddress(url: string): string {
  const { hostname, port } = new URL(url)
  const isLocal = ['127.0.0.1', '0.0.0.0', '[::1]', '[::]'].includes(hostname)
  return `http://${isLocal ? 'localhost' : hostname}:${port || 80}`
}

/** What the proxy that the client met first has said. */
function first(header: string | string[] | undefined): string | undefined {
  return [header].flat()[0]?.split(',')[0]?.trim() || undefined
}

function forwarded(header: string | undefined, name: 'proto' | 'host'): string | undefined {
  const [, value] = new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*"?([^";,]*)`, 'i').exec(first(header) ?? '') ?? []
  return value || undefined
}
