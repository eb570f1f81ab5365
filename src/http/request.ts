import { randomUUID } from 'node:crypto'
import { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { RequestScope } from '../log.ts'

/**
 * A request whose offers of another protocol than WebSocket are ignored, as RFC 9110 allows: it is answered over
 * HTTP/1.1 as if it had no header `Upgrade`. `curl --http2` and the HTTP client of Java offer `h2c` that way. Node
 * asks `upgrade` whether the connection is taken out of its hands; its `shouldUpgradeCallback` is newer than the
 * oldest version that runs this.
 */
export class HttpRequest extends IncomingMessage {
  /** Set while the constructor of IncomingMessage runs, so that it cannot be a field with a value. */
  declare offersUpgrade: boolean

  get upgrade(): boolean {
    return this.offersUpgrade && (this.method === 'CONNECT' || offersWebSocket(this))
  }

  /** Node's parser sets it before it adds the headers. */
  set upgrade(offered: boolean | null) {
    this.offersUpgrade = offered ?? false
  }
}

function offersWebSocket({ method, httpVersion, headers }: IncomingMessage): boolean {
  if (method !== 'GET' || httpVersion === '1.0') return false
  const offered = headers.upgrade?.split(',').map((protocol) => protocol.trim().toLowerCase())
  return offered?.includes('websocket') ?? false
}

/**
 * Puts a request line with the whole address (`GET http://host/graphql HTTP/1.1`) into the usual form, as a server has
 * to (RFC 9112, 3.2.2): the path goes into `url`, and the host wins over the header `Host`. `/graphql/` is `/graphql`.
 */
export function normalizeTarget(request: IncomingMessage): void {
  if (!request.url?.startsWith('/')) withPathAlone(request)
  if (request.url?.startsWith('/graphql/'))
    request.url = request.url.replace(/^(\/graphql)\/(?=[?#]|$)/, '$1')
}

function withPathAlone(request: IncomingMessage): void {
  const [, host, rest = ''] = /^(?:https?|wss?):\/\/([^/?#]*)([^#]*)/i.exec(request.url ?? '') ?? []
  if (host === undefined) return
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  if (host !== '') request.headers.host = host.slice(host.lastIndexOf('@') + 1)
}

/**
 * Whether the address of a request can be made of its header Host. HTTP/1.0 has none; of two, a proxy in front may
 * have read the other one (RFC 9112, 3.2).
 */
export function hasOneHost({ headers: { host }, rawHeaders }: IncomingMessage): boolean {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count < 2 && (host === undefined || isHost(host))
}

/** What was asked for last: most clients ask for the same. */
const lastHosts = new LRUCache<string, boolean>({ max: 100 })

function isHost(text: string): boolean {
  const known = lastHosts.get(text)
  if (known !== undefined) return known
  const found = URL.canParse(`http://${text}`)
  lastHosts.set(text, found)
  return found
}

export function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.search(/[?#]/)
  return end === -1 ? url : url.slice(0, end)
}

export function searchParamsOf(request: IncomingMessage): URLSearchParams {
  return new URLSearchParams((request.url ?? '').slice(pathOf(request).length + 1))
}

/** What log lines and masked errors say of a request: its id, and the trace that a gateway in front began. */
export function requestScopeOf({ headers }: IncomingMessage): RequestScope {
  const requestId = idOf(headers['x-request-id'])
  const traceId = traceIdOf(headers.traceparent)
  return traceId === undefined ? { requestId } : { requestId, traceId }
}

/** The id that a proxy in front gave the request, or a new one. */
function idOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : newId()
}

/** What the ids of this process begin with. */
const idOfProcess = randomUUID().slice(0, 24)
let idsGiven = 0

/** In the form of a UUID. Random once a process, and counted from there: new random bytes take longer than the rest. */
function newId(): string {
  idsGiven += 1
  return idOfProcess + idsGiven.toString(16).padStart(12, '0')
}

/**
 * The trace that a `traceparent` header (W3C Trace Context) makes a request part of: 32 hexadecimal digits, under
 * which a gateway in front logs the same request. Undefined for a header that is absent or not of that form.
 */
function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId] =
    /^([\da-f]{2})-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-.*)?$/.exec(traceparent) ?? []
  return version !== 'ff' && traceId !== undefined && !/^0+$/.test(traceId) ? traceId : undefined
}
