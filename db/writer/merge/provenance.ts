import { type FieldName, fieldNames, maySpeak, type Voice } from './rules.ts'

/** Who said the value that a field holds, and when (ISO instant). */
export interface Stamp {
  voice: Voice
  at: string
}

export type Stamps = Map<FieldName, Stamp>

/** A stamp a field as it is stored: `*` is the stamp of every field its voice may speak on and that is not named. */
export type StoredProvenance = Record<string, string | null>

/** Most papers have one stamp for all fields, so the commonest is written once and the others by name. */
export function encodeProvenance(stamps: Stamps): StoredProvenance {
  // Most fields share one stamp object, so its text is made once.
  const texts = new Map<Stamp, string>()
  const counts = new Map<string, number>()
  for (const stamp of stamps.values()) {
    const told = texts.get(stamp) ?? text(stamp)
    texts.set(stamp, told)
    counts.set(told, (counts.get(told) ?? 0) + 1)
  }
  const common = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0]
  if (common === undefined) return {}
  const stored: StoredProvenance = { '*': common }
  const { voice } = parse(common)
  for (const field of fieldNames) {
    const stamp = stamps.get(field)
    const told = stamp ? (texts.get(stamp) ?? null) : null
    if (stamp ? told !== common : maySpeak(voice, field)) stored[field] = told
  }
  return stored
}

export function decodeProvenance(stored: StoredProvenance): Stamps {
  const stamps: Stamps = new Map()
  const common = typeof stored['*'] === 'string' ? parse(stored['*']) : undefined
  for (const field of fieldNames) {
    const own = stored[field]
    if (typeof own === 'string') stamps.set(field, parse(own))
    else if (own === undefined && common && maySpeak(common.voice, field)) stamps.set(field, common)
  }
  return stamps
}

const text = (stamp: Stamp) => `${stamp.voice}@${stamp.at}`

function parse(stored: string): Stamp {
  const cut = stored.indexOf('@')
  return { voice: stored.slice(0, cut) as Voice, at: stored.slice(cut + 1) }
}
