import { IncomingMessage } from 'node:http'

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
 * to (RFC 9112, 3.2.2): the path goes into `url`, and the host wins over the header `Host`.
 */
export function normalizeTarget(request: IncomingMessage): void {
  const [, host, rest = ''] = /^(?:https?|wss?):\/\/([^/?#]*)([^#]*)/i.exec(request.url ?? '') ?? []
  if (host !== undefined) {
    request.url = rest.startsWith('/') ? rest : `/${rest}`
    if (host !== '') request.headers.host = host.slice(host.lastIndexOf('@') + 1)
  }
}

export function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.search(/[?#]/)
  return end === -1 ? url : url.slice(0, end)
}
