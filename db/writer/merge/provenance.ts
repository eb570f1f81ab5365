import { type Authority, type FieldName, fieldNames } from '../../model/paper-fields.ts'
import { maySet } from './rules.ts'

/** Who gave the value that a field holds, and when (ISO instant). */
export interface Stamp {
  authority: Authority
  at: string
}

export type Stamps = Map<FieldName, Stamp>

/** A stamp a field as it is stored: `*` is the stamp of every field that its authority may set and that is not named. */
export type StoredProvenance = Record<string, string | null>

/** Most papers have one stamp for all fields, so the commonest is written once and the others by name. */
export function encodeProvenance(stamps: Stamps): StoredProvenance {
  // Most fields share one stamp object, so its text is made once.
  const texts = new Map<Stamp, string>()
  const counts = new Map<string, number>()
  for (const stamp of stamps.values()) {
    const written = texts.get(stamp) ?? text(stamp)
    texts.set(stamp, written)
    counts.set(written, (counts.get(written) ?? 0) + 1)
  }
  const common = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0]
  if (common === undefined) return {}
  const stored: StoredProvenance = { '*': common }
  const { authority } = parse(common)
  for (const field of fieldNames) {
    const stamp = stamps.get(field)
    const written = stamp ? (texts.get(stamp) ?? null) : null
    if (stamp ? written !== common : maySet(authority, field)) stored[field] = written
  }
  return stored
}

export function decodeProvenance(stored: StoredProvenance): Stamps {
  const stamps: Stamps = new Map()
  const common = typeof stored['*'] === 'string' ? parse(stored['*']) : undefined
  for (const field of fieldNames) {
    const own = stored[field]
    if (typeof own === 'string') stamps.set(field, parse(own))
    else if (own === undefined && common && maySet(common.authority, field)) stamps.set(field, common)
  }
  return stamps
}

const text = (stamp: Stamp) => `${stamp.authority}@${stamp.at}`

function parse(stored: string): Stamp {
  const cut = stored.indexOf('@')
  return { authority: stored.slice(0, cut) as Authority, at: stored.slice(cut + 1) }
}
