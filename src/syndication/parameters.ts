import { isDay } from '../../db/model/period.ts'
import { BadInputError } from '../../schema/core/errors.ts'
import { unknownParameters } from '../http/page-params.ts'

/** Parameters of the address that may be repeated, and the lists of `PaperFilter` that they become. */
const lists: Readonly<Record<string, string>> = {
  author: 'authors',
  organization: 'organizations',
  keyword: 'keywords',
  category: 'categories',
  submitter: 'submitters',
}
const days = ['publishedFrom', 'publishedTo', 'editionFrom', 'editionTo']
const flags = ['hasCode', 'hasProjectPage', 'hasMedia', 'withdrawn']

/** The parameters that each make a criterion of a `PaperFilter`. */
export const filterParameters = [...Object.keys(lists), 'text', ...days, 'minUpvotes', ...flags]

/**
 * The `PaperFilter` of an address: its parameters, or the JSON in `filter`, as `/feed` takes it. Null for none. Throws
 * BadInputError; what only the schema knows to be wrong is refused by it later.
 */
export function filterAsked(params: URLSearchParams): Record<string, unknown> | null {
  const given = filterParameters.filter((name) => params.get(name))
  const json = params.get('filter')
  if (json && given.length > 0)
    throw new BadInputError(`Pass either filter or ${given.join(', ')}, not both.`, ['filter'])
  if (json) return parsed(json)
  if (given.length === 0) return null
  return Object.fromEntries(
    given.map((name) => [lists[name] ?? name, lists[name] ? params.getAll(name) : criterionOf(name, params)]),
  )
}

function criterionOf(name: string, params: URLSearchParams): unknown {
  const text = once(name, params) ?? ''
  if (name === 'text') return text
  if (days.includes(name)) return requiredDay(name, text)
  if (flags.includes(name)) {
    if (text !== 'true' && text !== 'false') throw new BadInputError(`${name}: pass true or false.`, [name])
    return text === 'true'
  }
  if (!/^-?\d{1,9}$/.test(text))
    throw new BadInputError(`${name}: pass a whole number, e.g. ${name}=10.`, [name])
  return Number(text)
}

/** A day that exists, `YYYY-MM-DD`. Throws BadInputError. */
export function requiredDay(name: string, text: string): string {
  const day = isDay(text) ? text : undefined
  if (day !== undefined) return day
  throw new BadInputError(
    `${name}: ${JSON.stringify(text.slice(0, 40))} is not a date. Write it like 2026-01-05.`,
    [name],
  )
}

/** The value of a parameter; undefined if it is absent or empty. Throws BadInputError for several values. */
export function once(name: string, params: URLSearchParams): string | undefined {
  const values = params.getAll(name)
  if (values.length > 1) throw new BadInputError(`${name}: pass it once.`, [name])
  return values[0] || undefined
}

/** Throws BadInputError for a parameter of another name. */
export function refuseUnknown(params: URLSearchParams, known: readonly string[]): void {
  const unknown = [...new Set(params.keys())].filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new BadInputError(unknownParameters(unknown, known))
}

function parsed(json: string): Record<string, unknown> {
  try {
    const filter: unknown = JSON.parse(json)
    if (typeof filter === 'object' && filter !== null && !Array.isArray(filter))
      return filter as Record<string, unknown>
  } catch {
    // Refused below.
  }
  throw new BadInputError(
    'filter: pass a PaperFilter as JSON, e.g. filter={"keywords":["sparsity"]}, percent-encoded.',
    ['filter'],
  )
}
