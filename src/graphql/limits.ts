import { type ApiError, requestError } from '../../schema/core/errors.ts'
import type { Config } from '../config.ts'
import type { Measure } from './measure.ts'

export type QueryLimits = Config['limits']

/** Refuses what is beyond a limit, with the figure, the limit and a way out. */
export function overLimit(
  measured: Measure,
  limits: QueryLimits,
  dearest: () => string,
): ApiError | undefined {
  const { depth, aliases, cost, entities } = measured
  if (entities > limits.entities) return tooManyEntities(entities, limits.entities)
  if (depth > limits.depth) {
    return refuse(
      `The query nests ${depth} levels of fields; the limit is ${limits.depth}. Split it into several queries.`,
    )
  }
  if (aliases > limits.aliases) {
    return refuse(
      `The query has ${aliases} aliases; the limit is ${limits.aliases}. Split it into several queries.`,
    )
  }
  if (cost > limits.cost) {
    return requestError(
      'QUERY_TOO_EXPENSIVE',
      `The query costs ${Math.ceil(cost)} points; the limit is ${limits.cost}. ${dearest()}` +
        'Request smaller pages (`first`) or fewer nested lists, or split it into several queries.',
    )
  }
  return undefined
}

/** For a document whose nesting is beyond what can be parsed at all. */
export function tooDeepToRead(): ApiError {
  return refuse('The query nests too deeply to be read. Split it into several queries.')
}

/** For a document that the parser gave up. */
export function tooLong(limit: number): ApiError {
  return refuse(`The query has more than ${limit} tokens (the limit). Ask in several queries.`)
}

function refuse(message: string): ApiError {
  return requestError('QUERY_TOO_LARGE', message)
}

function tooManyEntities(asked: number, most: number): ApiError {
  return requestError(
    'TOO_MANY_ENTITIES',
    `The request refers to ${asked} entities; the limit is ${most}. Split it into several requests.`,
  )
}
