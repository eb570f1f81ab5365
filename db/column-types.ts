import pg from 'pg'

/**
 * How columns become JavaScript values: a date stays the day it is (pg would make it local midnight), a bigint
 * becomes a number (ours are counters, far below 2^53). Set per pool, so that no other user of pg is changed. Instants
 * and texts in lists are what pg makes of them, in a fraction of its time.
 */
export function columnTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides()
  const { DATE, INT8, TIMESTAMPTZ } = pg.types.builtins
  const parseInstant = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => Date
  const parseTexts = pg.types.getTypeParser(TEXT_ARRAY) as (text: string) => string[]
  types.setTypeParser(DATE, (day) => day)
  types.setTypeParser(INT8, Number)
  types.setTypeParser(DATE_ARRAY, (days) => (days === '{}' ? [] : days.slice(1, -1).split(',')))
  types.setTypeParser(INT8_ARRAY, (ids) => (ids === '{}' ? [] : ids.slice(1, -1).split(',').map(Number)))
  types.setTypeParser(TIMESTAMPTZ, (text) => usualInstant(text) ?? parseInstant(text))
  types.setTypeParser(TEXT_ARRAY, (text) => usualTexts(text) ?? parseTexts(text))
  return types
}

/** Object ids of arrays in pg_type; pg names only the scalar types. */
const TEXT_ARRAY = 1009 as Parameters<typeof pg.types.getTypeParser>[0]
const DATE_ARRAY = 1182
const INT8_ARRAY = 1016

/** `2026-01-05 16:49:08.123+00`, as sessions of ours have it: of four digits of the year, in UTC. */
function usualInstant(text: string): Date | undefined {
  if (text.charCodeAt(4) !== minus || text.charCodeAt(10) !== space || !text.endsWith('+00')) return undefined
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
}

const minus = 45
const space = 32

/** `{one,"two words"}`: a list of one dimension without null and without escapes. */
function usualTexts(text: string): string[] | undefined {
  if (text === '{}') return []
  if (!text.startsWith('{') || text.includes('\\') || /[{[,](?:\{|NULL[,}])/i.test(text)) return undefined
  if (!text.includes('"')) return text.slice(1, -1).split(',')
  const texts: string[] = []
  for (let at = 1; at < text.length; ) {
    const isQuoted = text[at] === '"'
    const start = isQuoted ? at + 1 : at
    const end = isQuoted ? text.indexOf('"', start) : endOfItem(text, start)
    texts.push(text.slice(start, end))
    at = end + (isQuoted ? 2 : 1)
  }
  return texts
}

function endOfItem(text: string, start: number): number {
  const comma = text.indexOf(',', start)
  return comma === -1 ? text.length - 1 : comma
}
