import type { Line } from './lines.ts'

/** What the cards below it are: those of a day, of another period, or those that are read most at the moment. */
export type Heading =
  | { kind: 'day'; line: Extract<Line, { kind: 'day' }> }
  | { kind: 'period' | 'trending'; line: Line }

/**
 * Parts a page into its first heading ("Jan 5") and the lines of its cards. What stands before a day or a period is
 * the site's; without one, what stands before the last line that is known to be the page's own.
 */
export function readHeading(lines: readonly Line[]): { heading?: Heading; body: readonly Line[] } {
  const end = lines.findIndex(({ kind, text }) => kind === 'authors' || kind === 'dot' || text.length >= 150)
  const top = end === -1 ? lines : lines.slice(0, end)
  const begun = lines.findIndex(({ kind }) => kind !== 'furniture' && kind !== 'count')
  const at = top.findLastIndex((line, index) => {
    // "May" may be the second line of a title.
    if (line.kind === 'period') return line.afterBlank || lines[index - 1]?.kind === 'furniture'
    // A full date is the edition only where no card can have begun.
    return line.kind === 'day' && (line.written.year === undefined || index <= begun || named(lines, index))
  })
  const found = lines[at]
  if (found?.kind === 'day') return { heading: { kind: 'day', line: found }, body: lines.slice(at + 1) }
  if (found?.kind === 'period') return { heading: { kind: 'period', line: found }, body: lines.slice(at + 1) }
  const last = top.findLastIndex(({ text }) => isName(text) || /research community$/i.test(text))
  const trending = top.find(({ text }) => /^trending papers$/i.test(text))
  const daily = top.some(({ text }) => /^daily papers$/i.test(text))
  const body = lines.slice(last + 1)
  return trending && !daily ? { heading: { kind: 'trending', line: trending }, body } : { body }
}

/** Whether the page's name stands before, and nothing but its own lines between. */
function named(lines: readonly Line[], index: number): boolean {
  const name = lines.slice(0, index).findLastIndex(({ text }) => isName(text))
  return name !== -1 && lines.slice(name, index).every(({ kind }) => kind === 'furniture')
}

const isName = (text: string) => /^(?:daily|trending) papers(?: - hugging face)?$/i.test(text)
