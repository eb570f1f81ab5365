import dns from 'node:dns'
import net from 'node:net'

/**
 * Preloaded into the gateways (`node --import`): refuses every connection that would leave this machine, before a
 * name is looked up, as if nobody listened there. Gateways like to ask registries and cloud metadata services.
 */
const local = /^(127\.|::1$|localhost$)/

const connect = net.Socket.prototype.connect as (this: net.Socket, ...args: unknown[]) => net.Socket
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const host = hostOf(args)
  if (host === undefined || local.test(host)) return connect.apply(this, args)
  process.stderr.write(`refused a connection to ${host}\n`)
  process.nextTick(() => this.destroy(refusal(host)))
  return this
} as typeof net.Socket.prototype.connect

const lookup = dns.lookup as (host: string, ...rest: unknown[]) => void
dns.lookup = ((host: string, ...rest: unknown[]) => {
  if (local.test(host)) return lookup(host, ...rest)
  process.stderr.write(`refused to look up ${host}\n`)
  const callback = rest.at(-1) as (error: Error) => void
  process.nextTick(callback, refusal(host))
}) as typeof dns.lookup

/** Undefined for a socket in the file system. Node passes what `connect` was called with as one list of its own. */
function hostOf(args: readonly unknown[]): string | undefined {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null) {
    const { path, host } = first as { path?: string; host?: string }
    return path === undefined ? (host ?? 'localhost') : undefined
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined
  return typeof second === 'string' ? second : 'localhost'
}

function refusal(host: string): Error {
  return Object.assign(new Error(`refused: ${host} is not this machine`), { code: 'ECONNREFUSED' })
}
