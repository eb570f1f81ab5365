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

/** Whether a server is of the kind that an address asks for; a `fallback` is taken where no host is better. */
type Fitness = 'preferred' | 'fallback' | 'wrong'

/**
 * The hosts of a connection string and the one that new connections go to. A failure moves on to the next host,
 * the last to the first; a refusal of TLS to the other way on the same host, where the mode allows it.
 */
export class Hosts {
  readonly #address: Address
  #at = 0
  /** Hosts that failed or were not preferred since the last one that was. */
  readonly #passedOver = new Set<number>()

  constructor(connectionString: string) {
    this.#address = readAddress(connectionString)
  }

  get current(): Target {
    const target = this.targets[this.#at]
    if (!target) throw new Error('An address without hosts.')
    return target
  }

  get targets(): readonly Target[] {
    return this.#address.targets
  }

  /** How many attempts reach each of them, and then once more each, to take one that is only a fallback. */
  get attempts(): number {
    return this.targets.length + this.#hostCount
  }

  get #hostCount(): number {
    return new Set(this.targets.map(({ host }) => host)).size
  }

  /** A target cannot be used. Told again of one that was left already, it does nothing. */
  failed(target: Target, error: unknown): void {
    const { targets } = this
    if (target !== this.current) return
    const sibling = targets[this.#at + 1]
    if (sibling?.host === target.host && isTlsRefusal(error)) {
      this.#at += 1
      return
    }
    this.#passedOver.add(target.host)
    const next = targets.findIndex(({ host }) => host > target.host)
    this.#at = Math.max(0, next)
  }

  /** New connections go to this target. */
  prefer(target: Target): void {
    this.#at = Math.max(0, this.targets.indexOf(target))
  }

  /** Whether no other host could be better than a server in this state. */
  prefers(state: ServerState): boolean {
    return this.#fitness(state) === 'preferred'
  }

  /**
   * Throws when a server is not of the kind that the address asks for, or while hosts that may be better have not been
   * tried.
   */
  check({ host }: Target, state: ServerState): void {
    const fitness = this.#fitness(state)
    if (fitness === 'preferred') {
      this.#passedOver.clear()
      return
    }
    this.#passedOver.add(host)
    if (fitness === 'fallback' && this.#passedOver.size >= this.#hostCount) return
    throw new WrongServerError(`no host of it is what target_session_attrs=${this.#address.role} asks for`)
  }

  /** Where no kind is asked for, a server that takes writes is preferred: only such a one notifies, too. */
  #fitness({ standby, readOnly }: ServerState): Fitness {
    const { role } = this.#address
    if (role === 'any') return readOnly ? 'fallback' : 'preferred'
    if (role === 'prefer-standby') return standby ? 'preferred' : 'fallback'
    const fits = { 'read-write': !readOnly, 'read-only': readOnly, primary: !standby, standby }[role]
    return fits ? 'preferred' : 'wrong'
  }
}

/** A connection to one host of an address: the current one, if none is named. */
export class HostClient extends pg.Client {
  readonly target: Target
  readonly #hosts: Hosts

  constructor(hosts: Hosts, config: pg.ClientConfig, target = hosts.current) {
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
