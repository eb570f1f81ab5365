/** Texts that arXiv writes alike in its dumps. */

/** "Mon, 2 Apr 2007 19:18:42 GMT" as an ISO instant; undefined for what is none. */
export function greenwich(text: string | undefined): string | undefined {
  if (!text || !/^\s*(?:\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|\+0000)\s*$/.test(text))
    return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

/** The newest of versions in order, with its number from "v3". */
export function newestVersion(
  versions: readonly { name?: string | undefined; at?: string | undefined }[],
): { at: string | undefined; number: number | undefined } | undefined {
  const last = versions.at(-1)
  const number = /^v?([1-9]\d{0,3})$/.exec(last?.name?.trim() ?? '')?.[1]
  return last && { at: last.at, number: number === undefined ? undefined : Number(number) }
}

/** Names from "A. B. Clark (1), D. E. Fox ((1) Inst. X, (2) Y) and G. Hale, Jr.": affiliations are left out. */
export function authorNames(text: string): string[] {
  const names: string[] = []
  for (const part of withoutParentheses(text).split(/\s*[,;]\s*(?:and\s+)?|\s+and\s+/)) {
    const name = part.replace(/\s+/g, ' ').trim()
    const suffix = /^(?:Jr|Sr|II|III|IV)\.?$/.test(name)
    if (suffix && names.length > 0) names.push(`${names.pop()} ${name}`)
    else if (name !== '') names.push(name)
  }
  return names
}

function withoutParentheses(text: string): string {
  let depth = 0
  let plain = ''
  for (const sign of text) {
    if (sign === '(') depth += 1
    else if (sign === ')') depth = Math.max(0, depth - 1)
    else if (depth === 0) plain += sign
  }
  return plain
}
