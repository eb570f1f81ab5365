import { LRUCache } from 'lru-cache'

/**
 * A name for a statement that is short and the same for all that do the same: its verb and the first table that it
 * names, e.g. `select paper`. SQL is the program's, values are parameters, so there are some dozens of names.
 */
export function statementName(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = nameOf(text)
  names.set(text, name)
  return name
}

const names = new LRUCache<string, string>({ max: 2_000 })

function nameOf(text: string): string {
  const sql = text.replace(/\/\*.*?\*\/|\bextract\s*\([^()]*/gis, ' ')
  const [, verb = ''] = /(start transaction|\w+)/i.exec(sql) ?? []
  const [, table] = /\b(?:from|into|update|truncate|analyze)\s+"?([a-z]\w*)\b(?!\s*[(.])/i.exec(sql) ?? []
  return [verb, table].filter(Boolean).join(' ').toLowerCase()
}
