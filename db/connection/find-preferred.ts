import type { Target } from './address.ts'
import { HostClient, type Hosts, type ServerState } from './hosts.ts'
import { stateNow } from './session.ts'
import { within } from './within.ts'

const timeoutMs = 5_000

/**
 * Asks the hosts, in order, for a server of the preferred kind. The one that is in use is asked anew: its name may
 * have come to mean another server. Undefined if there is none.
 */
export async function findPreferred(hosts: Hosts): Promise<Target | undefined> {
  for (const target of hosts.targets) {
    const state = await stateOf(hosts, target).catch(() => undefined)
    if (state && hosts.prefers(state)) return target
  }
  return undefined
}

async function stateOf(hosts: Hosts, target: Target): Promise<ServerState | undefined> {
  const client = new HostClient(
    hosts,
    { connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs, application_name: 'daily-papers' },
    target,
  )
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<ServerState>(stateNow)
    return rows[0]
  } finally {
    await within(1_000, client.end()).catch(() => client.connection.stream.destroy())
  }
}
