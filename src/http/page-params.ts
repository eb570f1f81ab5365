import { ApiError } from '../../schema/core/errors.ts'

/** What networks, mail programs and other sites append to the links that lead from them. It says nothing about a page. */
const tracker =
  /^(?:utm_\w+|(?:fb|g|d|ms|tw|tt|y|wbra|gbra)(?:clid|id)|gad_source|srsltid|igshid|igsh|li_fat_id|mc_[ce]id|mkt_tok|_hs\w+|_gl|_ga|ref|ref_src|ref_url)$/

/** An address that would be one of a page without some of its parameters. */
export class PageParamsError extends ApiError {
  override name = 'PageParamsError'
  /** The parameters that can stay. */
  readonly kept: URLSearchParams

  constructor(message: string, kept: URLSearchParams) {
    super('BAD_USER_INPUT', message)
    this.kept = kept
  }
}

/**
 * The parameters of a page as its address has them, without empty ones and trackers, in the order of `known`. Throws a
 * PageParamsError for others, and for one that is given twice.
 */
export function readPageParams(given: URLSearchParams, known: readonly string[]): URLSearchParams {
  const kept = new URLSearchParams(
    known.flatMap((name) => {
      const value = given.get(name)
      return value ? [[name, value]] : []
    }),
  )
  const names = [...new Set(given.keys())]
  const unknown = names.filter((name) => !known.includes(name) && !tracker.test(name))
  if (unknown.length > 0) throw new PageParamsError(unknownParameters(unknown, known), kept)
  const doubled = known.find((name) => given.getAll(name).length > 1)
  if (doubled !== undefined) throw new PageParamsError(`${doubled}: pass it once.`, kept)
  return kept
}

/** The sentence for parameters that an address does not take. */
export function unknownParameters(unknown: readonly string[], known: readonly string[]): string {
  const names = unknown.map((name) => JSON.stringify(name.slice(0, 60))).join(', ')
  const advice = known.length > 0 ? `Known parameters: ${known.join(', ')}.` : 'This address takes none.'
  return `Unknown parameter ${names}. ${advice}`
}
