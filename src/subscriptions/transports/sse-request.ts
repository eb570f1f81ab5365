import type { IncomingMessage } from 'node:http'
import { feedEventKinds } from '../../../db/feed-tables.ts'
import { BadInputError } from '../../../schema/core/errors.ts'

/** As the enum of the schema names them. */
const kinds: readonly string[] = feedEventKinds.map((kind) => kind.toUpperCase())
const known = ['after', 'kinds', 'filter', 'heartbeat']

/** Seconds between heartbeats where none are asked for: less than proxies wait on a silent connection. */
const defaultHeartbeatSeconds = 15

/**
 * The variables that a request for `/feed` asks for, or what is wrong with it. `Last-Event-ID` wins over `after`:
 * a browser that comes back sends the address of its first request again.
 */
export function readFeedRequest({
  url = '/',
  headers,
}: IncomingMessage): Record<string, unknown> | BadInputError {
  const { searchParams } = new URL(url, 'http://localhost')
  const unknown = [...searchParams.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined) {
    return new BadInputError(
      `Unknown parameter ${JSON.stringify(unknown)}. Known parameters: ${known.join(', ')}.`,
    )
  }
  const heartbeat = searchParams.get('heartbeat') || String(defaultHeartbeatSeconds)
  if (!/^\d{1,9}$/.test(heartbeat))
    return new BadInputError('heartbeat: pass whole seconds, e.g. heartbeat=30.')
  const named = searchParams
    .get('kinds')
    ?.split(',')
    .map((kind) => kind.trim().toUpperCase())
  const wrong = named?.find((kind) => !kinds.includes(kind))
  if (wrong !== undefined) {
    return new BadInputError(
      `kinds: unknown kind ${JSON.stringify(wrong)}. Known kinds: ${kinds.join(', ')}.`,
    )
  }
  const filter = readFilter(searchParams.get('filter'))
  if (filter instanceof BadInputError) return filter
  const resumed = headers['last-event-id']
  return {
    after: (typeof resumed === 'string' && resumed) || (searchParams.get('after') ?? 'NOW'),
    kinds: named ?? null,
    filter,
    heartbeat: Number(heartbeat),
  }
}

function readFilter(text: string | null): unknown {
  if (!text) return null
  try {
    return JSON.parse(text)
  } catch {
    return new BadInputError(
      'filter: pass a PaperFilter as JSON, e.g. filter={"keywords":["sparsity"]}, percent-encoded.',
    )
  }
}
