import { digits, numberOf, type WrittenDay, writtenDay } from './dates.ts'
import { authors, authorsWithoutCount, bullet, withoutPictures } from './lists.ts'
import { type NumericDay, numericDay } from './numeric-day.ts'
import type { PlainLine } from './text.ts'

/** The lines of a captured Daily Papers page, each with what it can be. */
export type Line = PlainLine &
  (
    | { kind: 'text' }
    | { kind: 'dot' }
    /** Absent count: the line is in the place of the count and has no number. */
    | { kind: 'authors'; count?: number }
    /** Of a card's footer or of the heading. */
    | { kind: 'day'; written: WrittenDay }
    /** A number, or the dash that stands for no votes. The role is known where the line is a link or follows a label. */
    | { kind: 'count'; value?: number; role?: 'votes' | 'comments' }
    /** "Week 2", "June 2026", "Jun 23 - Jun 29": the heading of a page that is not one day's, or not known to be. */
    | { kind: 'period'; numeric?: NumericDay }
    /** What the page has around its cards: tabs, links, buttons. */
    | { kind: 'furniture' }
    /** "No papers found". */
    | { kind: 'nothing' }
  )

/** The lines with their kinds; a footer on one line ("• 3 authors · May 30") becomes several. */
export function linesOf(plain: readonly PlainLine[]): Line[] {
  const lines: Line[] = []
  let labelled = false
  for (const whole of withoutPictures(plain)) {
    for (const part of footerParts(whole)) {
      const line: Line = { ...part, ...kindOf(part) }
      if (labelled && line.kind === 'count') line.role = 'votes'
      labelled = /^upvotes?$/i.test(line.text)
      lines.push(line)
    }
  }
  return withoutSubmitters(asFooters(lines))
}

/** Between a name and a date stands the dot, whatever sign a tool writes for it; and the name may be any word. */
function asFooters(lines: readonly Line[]): Line[] {
  return lines.map((line, index): Line => {
    const [before, next, afterNext] = [lines[index - 1], lines[index + 1], lines[index + 2]]
    const { number, text, afterBlank, heading, links } = line
    const plain = { number, text, afterBlank, heading, links }
    const isSign = /^(?:[^\p{L}\p{N}\s]|&middot;|&bull;)$/u.test(text)
    if (isSign && next?.kind === 'day' && (before?.kind === 'authors' || before?.kind === 'text'))
      return { ...plain, kind: 'dot' }
    const isName = ['furniture', 'period', 'count', 'nothing'].includes(line.kind) && !isSign
    return isName && next?.kind === 'dot' && afterNext?.kind === 'day' ? { ...plain, kind: 'text' } : line
  })
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Kind = DistributiveOmit<Line, keyof PlainLine>

const dot = /^[·∙⋅・•|]$/
const separator = /^(.*?)(?:^|\s)[·∙⋅・•|‧]\s?([^·∙⋅・•|‧]+)$/
/** Other signs between a number of authors and a date. */
const otherSeparator = /^(.*\bauthors?)(?: ?[-–—/,;:·∙⋅・•|‧] ?| )(.+)$/i
const count = new RegExp(String.raw`^(?:${digits}|[-–—]|(\d+(?:\.\d+)?k))$`, 'i')
/** "▲ 12", "Upvotes: 12", "12 upvotes"; "💬 2", "2 comments". */
const labelledVotes = new RegExp(
  `^(?:[▲△⬆⇧👍❤♥]\\uFE0F? ?(${digits})|(?:up)?votes?:? (${digits})|(${digits}) (?:up)?votes?)$`,
  'iu',
)
const labelledComments = new RegExp(
  `^(?:[💬🗨🗯]\\uFE0F? ?(${digits})|comments?:? (${digits})|(${digits}) comments?)$`,
  'iu',
)
const nothing = /^(?:no|0) (?:papers?|results?)(?: (?:were )?found| yet|\b).{0,60}$/i

const month = String.raw`\p{L}{3,9}\.?`
const to = ' ?(?:-|–|—|to) ?'
const spans = [
  String.raw`${month} \d{1,2}(?:,? \d{4})?${to}(?:${month} )?\d{1,2}(?:,? \d{4})?`,
  String.raw`\d{1,2}(?: ${month})?(?: \d{4})?${to}\d{1,2} ${month}(?:,? \d{4})?`,
  String.raw`\d{4}-\d\d-\d\d${to}\d{4}-\d\d-\d\d`,
]
const months =
  'january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec'
const periods = [
  String.raw`week (?:of .{3,20}|\d{1,2}(?:,? (?:of )?\d{4})?)(?: \(.{3,30}\))?`,
  String.raw`\d{4}[-\s]?W\d{1,2}|W\d{1,2}(?:,? \d{4})?`,
  '(?:this|last|past) (?:week|month|7 days|30 days)',
  String.raw`(?:${months})\.?(?:,? \d{4})?|\d{4}-\d\d`,
  String.raw`\d{1,2}/\d{1,2}/\d{4}`,
]
const period = new RegExp(`^(?:[#*<‹«◀←] ?)*(?:${[...periods, ...spans].join('|')})(?: ?[*>›»▶→])*$`, 'iu')

const furniture = new RegExp(
  `^(?:${bullet})?(?:${[
    'new',
    'get trending papers in your email inbox(?: once a (?:day|week|month))?!?',
    'subscribe',
    '(?:daily|trending) papers(?: - hugging face)?',
    'daily|weekly|monthly|(?:daily )?weekly monthly|daily weekly(?: monthly)?',
    'by ?(?:ak)?|ak|(?:by ?ak )?and the research community',
    'previous|next',
    'upvotes?|vote',
    'submitted by(?: \\S{1,60})?',
    'github(?: [\\d.,]+k?)?|arxiv(?: page)?|github [\\d.,]+k? arxiv page|project page|view (?:pdf|arxiv page)',
  ].join('|')})$`,
  'iu',
)

function kindOf({ text, links }: PlainLine): Kind {
  if (text.length > 200) return { kind: 'text' }
  if (dot.test(text)) return { kind: 'dot' }
  const counted = authors.exec(text)
  if (counted?.[1]) return { kind: 'authors', count: numberOf(counted[1]) }
  if (authorsWithoutCount.test(text)) return { kind: 'authors' }
  const written = writtenDay(text)
  if (written) return { kind: 'day', written }
  for (const [labelled, role] of [
    [labelledVotes, 'votes'],
    [labelledComments, 'comments'],
  ] as const) {
    const value = labelled
      .exec(text)
      ?.slice(1)
      .find((found) => found !== undefined)
    if (value !== undefined) return { kind: 'count', value: numberOf(value), role }
  }
  const number = count.exec(text)
  if (number) return { kind: 'count', ...countIn(text, number[1]), ...roleOf(links) }
  if (furniture.test(text.replace(/\(BUTTON\) ?/g, ''))) return { kind: 'furniture' }
  const numeric = numericDay(text)
  if (numeric || period.test(text)) return { kind: 'period', ...(numeric && { numeric }) }
  return { kind: nothing.test(text) ? 'nothing' : 'text' }
}

function countIn(text: string, rounded: string | undefined): { value?: number } {
  if (rounded !== undefined) return {}
  return { value: /\d/.test(text) ? numberOf(text) : 0 }
}

/** The vote button leads to the login or to the paper, the comment count to the discussion. */
function roleOf(links: readonly string[]): { role?: 'votes' | 'comments' } {
  if (links.some((link) => link.endsWith('#community'))) return { role: 'comments' }
  return links.some((link) => /\/login\b/.test(link)) ? { role: 'votes' } : {}
}

function footerParts(line: PlainLine): PlainLine[] {
  if (line.text.length > 200 || writtenDay(line.text)) return [line]
  const [, left = '', right = ''] =
    [separator, otherSeparator]
      .map((pattern) => pattern.exec(line.text))
      .find((found) => writtenDay(found?.[2] ?? '')) ?? []
  if (right === '') return [line]
  const rest = { ...line, afterBlank: false, heading: false }
  const parts: PlainLine[] = [
    { ...rest, text: '·' },
    { ...rest, text: right },
  ]
  return left === '' ? parts : [{ ...line, text: left }, ...parts]
}

/** A name on the line after "Submitted by" is no title: it has no space or votes behind it, and a title follows it. */
function withoutSubmitters(lines: readonly Line[]): Line[] {
  return lines.filter((line, index) => {
    const before = lines[index - 1]
    if (line.kind !== 'text' || !before || !/submitted by$/i.test(before.text) || line.heading) return true
    const name = line.text.replace(/^\[[^\]]{0,80}\] ?/, '')
    const isName = lines[index + 1]?.kind === 'count' ? name.length <= 60 : /^[\w.-]{1,60}$/.test(name)
    if (!isName) return true
    const [next, afterNext] = lines.slice(index + 1).filter(({ kind }) => kind !== 'count')
    return next?.kind !== 'text' || (afterNext?.kind !== 'text' && afterNext !== undefined)
  })
}
