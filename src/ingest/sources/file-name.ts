import { parseDay, parseInstant } from './time.ts'

const form = /(?<!\d)(\d{4}-\d\d-\d\d)(?:T(\d\d)[:-]?(\d\d)(?:[:-]?(\d\d)(?:\.\d+)?)?Z)?(?!\d)/g

/**
 * What the name of a saved response tells: the list date of `2024-05-27.json` and `daily_papers-2024-05-27.json.gz`,
 * and also the time of saving in `2025-01-22T0416Z.json`. A name with two different days tells neither.
 */
export function timesInName(name: string | undefined): { date?: string; instant?: string } {
  const base = name?.split(/[/\\]/).at(-1) ?? ''
  const [match, ...others] = [...base.matchAll(form)]
  const date = match?.[1] && parseDay(match[1])
  if (!match || !date || others.some((other) => other[1] !== date)) return {}
  const [, , hours, minutes, seconds = '00'] = match
  const instant = hours && parseInstant(`${date}T${hours}:${minutes}:${seconds}Z`)
  return instant ? { date, instant } : { date }
}
