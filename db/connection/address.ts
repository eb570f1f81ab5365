import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { messageOf } from '../error.ts'

/** A connection string cannot be used. The message names the parameter and what it may be. */
export class AddressError extends Error {
  override name = 'AddressError'
}

/** One way to connect: a host, with TLS or without. */
export interface Target {
  /** Which of the hosts, from 0. */
  readonly host: number
  readonly connectionString: string
  readonly ssl: false | ConnectionOptions
  readonly sslnegotiation: 'postgres' | 'direct'
}

const roles = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const
export type Role = (typeof roles)[number]

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const
type Mode = (typeof modes)[number]

export interface Address {
  /** In the order in which they are tried. */
  readonly targets: readonly Target[]
  /** What kind of server `target_session_attrs` asks for. */
  readonly role: Role
}

/** Parameters that are read here. The driver gives some of them another meaning, or warns of them. */
const ours = [
  ...['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'sslnegotiation'],
  ...['target_session_attrs', 'load_balance_hosts', 'uselibpqcompat'],
]

/**
 * A connection string with the meaning that libpq gives it: several hosts (`host1:5432,host2:5432`, or
 * `?host=a,b&port=1,2`), `target_session_attrs`, and the modes of TLS. `no-verify` is the driver's own word for
 * TLS without any check of the certificate.
 */
export function readAddress(connectionString: string): Address {
  const urls = hostUrls(connectionString)
  const { searchParams } = urls[0] ?? new URL(connectionString)
  const role = oneOf(roles, 'target_session_attrs', searchParams.get('target_session_attrs') ?? 'any')
  const sslnegotiation = searchParams.get('sslnegotiation') === 'direct' ? 'direct' : 'postgres'
  if (searchParams.get('load_balance_hosts') === 'random') urls.sort(() => Math.random() - 0.5)
  const ways = waysOf(searchParams)
  for (const url of urls) for (const name of ours) url.searchParams.delete(name)
  const targets = urls.flatMap((url, host) =>
    // TLS is for networks: libpq ignores its mode on a unix socket.
    (isSocket(url) ? [false as const] : ways).map(
      (ssl): Target => ({
        host,
        connectionString: url.href,
        ssl,
        sslnegotiation: ssl === false ? 'postgres' : sslnegotiation,
      }),
    ),
  )
  return { targets, role }
}

/** The same address once for each of its hosts. Throws where it is none. */
export function hostUrls(connectionString: string): URL[] {
  const [, scheme = '', login = '', hosts = '', rest = ''] =
    /^(postgres(?:ql)?:\/\/)((?:[^/?#]*@)?)([^/?#]*)(.*)$/is.exec(connectionString) ?? []
  const listed = hosts.split(',').map((host) => new URL(`${scheme}${login}${host}${rest}`))
  if (scheme === '' || listed.some((url) => listed.length > 1 && !url.hostname)) {
    throw new AddressError('it is not a connection string of Postgres')
  }
  const [first] = listed
  const named = first?.searchParams.get('host')?.split(',') ?? []
  const ports = first?.searchParams.get('port')?.split(',') ?? []
  if (listed.length > 1 || (named.length < 2 && ports.length < 2)) return listed
  return named.map((host, index) => {
    const url = new URL(`${scheme}${login}${hosts}${rest}`)
    const port = ports[index] ?? ports[0]
    url.searchParams.set('host', host)
    if (port !== undefined) url.searchParams.set('port', port)
    return url
  })
}

function isSocket(url: URL): boolean {
  return /^(\/|%2f)/i.test(url.searchParams.get('host') ?? url.hostname)
}

function waysOf(parameters: URLSearchParams): readonly Target['ssl'][] {
  const mode = modeOf(parameters)
  const root = parameters.get('sslrootcert')
  const ca = root === null || root === 'system' ? {} : { ca: fileOf('sslrootcert', root) }
  const [cert, key] = [parameters.get('sslcert'), parameters.get('sslkey')]
  const own = {
    ...(cert !== null && { cert: fileOf('sslcert', cert) }),
    ...(key !== null && { key: fileOf('sslkey', key) }),
    ...(parameters.has('sslpassword') && { passphrase: parameters.get('sslpassword') ?? '' }),
  }
  const unchecked = { ...own, rejectUnauthorized: false }
  const checked = { ...own, ...ca }
  const checkedButName = { ...checked, checkServerIdentity: () => undefined }
  switch (mode) {
    case 'disable':
      return [false]
    case 'allow':
      return [false, unchecked]
    case 'prefer':
      return [unchecked, false]
    case 'require':
      return ['ca' in ca ? checkedButName : unchecked]
    case 'verify-ca':
      // Without a root of its own it would accept a certificate of any other server.
      return ['ca' in ca ? checkedButName : checked]
    case 'verify-full':
      return [checked]
    case 'no-verify':
      return [unchecked]
  }
}

/** libpq prefers TLS where no mode is named; here it is used where the server insists on it. */
function modeOf(parameters: URLSearchParams): Mode {
  const mode = parameters.get('sslmode')
  if (mode !== null) return oneOf(modes, 'sslmode', mode)
  const ssl = parameters.get('ssl')
  if (ssl === 'no-verify') return 'no-verify'
  if (ssl !== null) return ['true', '1', ''].includes(ssl) ? 'verify-full' : 'disable'
  if (parameters.has('sslrootcert')) return 'verify-full'
  return parameters.has('sslcert') || parameters.get('sslnegotiation') === 'direct' ? 'require' : 'allow'
}

function oneOf<Word extends string>(words: readonly Word[], name: string, value: string): Word {
  const found = words.find((word) => word === value)
  if (found !== undefined) return found
  throw new AddressError(`its ${name} is "${value}", but must be one of ${words.join(', ')}`)
}

function fileOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new AddressError(`its ${name} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
