import pg from 'pg'
import { codeOf, messageOf } from '../error.ts'
import { type Address, readAddress, type Target } from './address.ts'

/** What a server says of itself when a session begins. */
export interface ServerState {
  /** Whether it follows another server. */
  readonly standby: boolean
  /** Whether a transaction may not write, by default or because it follows another server. */
  readonly readOnly: boolean
}

/** The server answers, but is not of the kind that the address asks for. */
class WrongServerError extends Error {
  override name = 'WrongServerError'
  /** Postgres' own code for a write on a server that may only be read. */
  readonly code = '25006'
}

/**
 * The hosts of a connection string and the one that new connections go to. A failure moves on to the next host,
 * the last to the first; a refusal of TLS to the other way on the same host, where the mode allows it.
 */
export class Hosts {
  readonly #address: Address
  #at = 0
  /** Servers in a row that were of the wrong kind. */
  #rejected = 0

  constructor(connectionString: string) {
    this.#address = readAddress(connectionString)
  }

  get current(): Target {
    const target = this.#address.targets[this.#at]
    if (!target) throw new Error('An address without hosts.')
    return target
  }

  /** How many attempts reach each of them; where a standby is preferred, the first ones once more without one. */
  get attempts(): number {
    const { role, targets } = this.#address
    return targets.length + (role === 'prefer-standby' ? this.#hostCount : 0)
  }

  get #hostCount(): number {
    return new Set(this.#address.targets.map(({ host }) => host)).size
  }

  /** A target cannot be used. Told again of one that was left already, it does nothing. */
  failed(target: Target, error: unknown): void {
    const { targets } = this.#address
    if (target !== this.current) return
    const sibling = targets[this.#at + 1]
    if (sibling?.host === target.host && isTlsRefusal(error)) {
      this.#at += 1
      return
    }
    const next = targets.findIndex(({ host }) => host > target.host)
    this.#at = Math.max(0, next)
  }

  /** Throws when a server is not of the kind that the address asks for. */
  check({ standby, readOnly }: ServerState): void {
    const { role } = this.#address
    const anyOther = this.#hostCount === 1 || this.#rejected >= this.#hostCount
    const fits = {
      any: true,
      'read-write': !readOnly,
      'read-only': readOnly,
      primary: !standby,
      standby,
      'prefer-standby': standby || anyOther,
    }[role]
    if (fits) {
      this.#rejected = 0
      return
    }
    this.#rejected += 1
    throw new WrongServerError(`no host of it is what target_session_attrs=${role} asks for`)
  }
}

/** A connection to the current host of an address. */
export class HostClient extends pg.Client {
  readonly target: Target
  readonly #hosts: Hosts

  constructor(hosts: Hosts, config: pg.ClientConfig) {
    const target = hosts.current
    const { connectionString, ssl, sslnegotiation } = target
    super({ ...config, connectionString, ssl, sslnegotiation })
    this.target = target
    this.#hosts = hosts
  }

  override connect(): Promise<pg.Client>
  override connect(callback: (error: Error) => void): void
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
    if (!callback) {
      return super.connect().catch((error: unknown) => {
        this.#hosts.failed(this.target, error)
        throw error
      })
    }
    super.connect((error: Error) => {
      if (error) this.#hosts.failed(this.target, error)
      callback(error)
    })
    return undefined
  }
}

/** Refused for having no TLS, or for wanting it; the driver has words only for the first. */
function isTlsRefusal(error: unknown): boolean {
  const code = codeOf(error) ?? ''
  return /SSL|TLS/.test(messageOf(error)) || /^(28000$|EPROTO$|ERR_(SSL|TLS)_)/.test(code)
}
