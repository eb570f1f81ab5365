import { isAddress, withoutAttributes, withoutQuoteMarks } from './wrappings.ts'

/** A line of a saved page without the marks of whatever wrote it: Markdown, a text browser, a converter. */
export interface PlainLine {
  /** From 1 in the file. */
  number: number
  text: string
  afterBlank: boolean
  /** Whether it was marked as a heading. */
  heading: boolean
  /** The addresses that it links to. */
  links: readonly string[]
}

/** Lines that hold something; white space of any kind is one space. */
export function plainLines(written: string): PlainLine[] {
  const text = withoutAttributes(withoutQuoteMarks(written))
  const raw = text.split(/\r\n|\r|\n/)
  const marks = marksOf(text)
  const references = marks.references ? takeReferences(raw) : new Map<string, string>()
  const lines: PlainLine[] = []
  let afterBlank = true
  let unclosed = false
  for (let index = frontMatter(raw); index < raw.length; index += 1) {
    const written = (raw[index] ?? '').replace(/\s+/g, ' ').trim()
    const last = lines.at(-1)
    const address = isAddress(written, afterBlank) ? written : undefined
    if (address && last) lines[lines.length - 1] = { ...last, links: [...last.links, address] }
    if (written === '' || address || rule.test(written)) {
      afterBlank = true
      continue
    }
    const line = marks.markdown ? unmarked(written, references, marks.escapes) : numbered(written, references)
    if (line.text === '') {
      // A line of marks alone is neither text nor a blank line; "][31]" closes the link of the line before it.
      if (last && written.startsWith(']'))
        lines[lines.length - 1] = { ...last, links: [...last.links, ...line.links] }
      continue
    }
    if (unclosed && last && !afterBlank) {
      const links = [...last.links, ...line.links]
      lines[lines.length - 1] = { ...last, text: `${last.text} ${line.text}`, links }
    } else
      lines.push({ number: index + 1, afterBlank, text: line.text, heading: line.heading, links: line.links })
    unclosed = line.unclosed && (line.heading || unclosed)
    afterBlank = false
  }
  return lines
}

/** A line across the page. */
const rule = /^(?:[-=*_~#─━═—–] ?){3,}$/

interface Marks {
  markdown: boolean
  /** Whether signs that would be marks stand behind a backslash. */
  escapes: boolean
  references: boolean
}

/** Which marks a file has: signs that are marks in one tool's files are text in another's. */
function marksOf(text: string): Marks {
  const markdown =
    /\]\((?:https?:\/|\/)[^\s()]*(?:papers|login)/.test(text) ||
    /^(?:#{1,6} .{0,300})?\]\[\d+\]/m.test(text) ||
    /^#{1,6} .{0,5}(?:Daily|Trending) Papers[^\S\n]*$/m.test(text)
  // No tool escapes "%", which LaTeX does.
  return {
    markdown,
    escapes: /\\[\\_*[\]#`<>.+!~{}-]/.test(text),
    references: /^[^\S\n]{0,10}(?:\[\d+\]:|\d+\.) (?:https?|file):\S/m.test(text),
  }
}

/** Addresses by number, as text browsers list them at the end; their lines are emptied. */
function takeReferences(raw: string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const [index, line] of raw.entries()) {
    if (line.length > 4_000) continue
    const [, number = '', address = ''] =
      /^\s*\[?(\d{1,5})(?:\]:|\.) ((?:https?|file):\S+)\s*$/.exec(line) ?? []
    if (address) found.set(number, address)
    if (address || /^\s*(?:References|(?:Visible|Hidden) links:?)\s*$/.test(line)) raw[index] = ''
  }
  return found
}

/** Where the text begins after a block of `---`, in which tools note what they saved. */
function frontMatter(raw: readonly string[]): number {
  const begin = raw.findIndex((line) => line.trim() !== '')
  if (raw[begin]?.trim() !== '---') return 0
  const end = raw.slice(begin + 1, begin + 60).findIndex((line) => line.trim() === '---')
  return end === -1 ? 0 : begin + end + 2
}

/** What Markdown leaves as HTML within a line. */
const inlineTag = /<\/?(?:img|span|svg|a|div|button|br|time|input)(?: [^<>]{0,1000})?\/?>/gi

interface Unmarked extends Pick<PlainLine, 'text' | 'heading' | 'links'> {
  /** Whether a link opens on the line and does not close. */
  unclosed: boolean
}

/** lynx and links number their links: "[12]A title". */
function numbered(written: string, references: Map<string, string>): Unmarked {
  const links: string[] = []
  if (references.size === 0) return { text: checkbox(written), heading: false, links, unclosed: false }
  // A link's number stands right before its text; before a stop it is one of the paper's own references.
  const text = written.replace(/\[(\d{1,5})\](?![,.;:)])/g, (mark, number: string) => {
    const address = references.get(number)
    if (address === undefined) return mark
    links.push(address)
    return ''
  })
  return { text: checkbox(text.replace(/\s+/g, ' ').trim()), heading: false, links, unclosed: false }
}

const checkbox = (text: string) => text.replace(/^(?:[-*+] )?\[[-xX ]\] ?(?=\S)/, '')

function unmarked(written: string, references: Map<string, string>, escapes: boolean): Unmarked {
  if (/^(?:```|~~~|(?:<[^<>]{0,300}>)+$)/.test(written))
    return { text: '', heading: false, links: [], unclosed: false }
  const withoutQuote = written
    .replace(/^(?:> ?)+/, '')
    .replace(/\\+$/, '')
    .replace(inlineTag, '')
  const heading = /^#{1,6} /.test(withoutQuote)
  const { text, links, unclosed } = withoutLinks(withoutQuote.replace(/^#{1,6} /, ''), references, heading)
  const bare = text.replace(/^(\*\*|__)(.+)\1$/, '$2')
  const plain = escapes ? bare.replace(/\\([!-$'-/:-@[-`{-~])/g, '$1') : bare
  return { text: checkbox(plain.replace(/\s+/g, ' ').trim()), heading, links, unclosed }
}

/**
 * Drops images and the marks of links, and keeps what links say: `[A title](…)`, `[A title][32]`. A link may open on
 * one line and close on another, so that half a mark goes too. Other brackets stay.
 */
function withoutLinks(
  written: string,
  references: Map<string, string>,
  heading: boolean,
): Omit<Unmarked, 'heading'> {
  const links: string[] = []
  if (written.length > longestLine) return { text: written, links, unclosed: false }
  const opened: { at: number; image: boolean }[] = []
  let text = ''
  for (let at = 0; at < written.length; at += 1) {
    const sign = written[at] ?? ''
    if (sign === '\\' && at + 1 < written.length) {
      text += sign + written[at + 1]
      at += 1
    } else if (sign === '[') {
      const image = text.endsWith('!')
      opened.push({ at: image ? text.length - 1 : text.length, image })
      text += sign
    } else if (sign === ']') {
      const target = targetAt(written, at + 1)
      const open = opened.pop()
      if (!target) {
        text += sign
        continue
      }
      at = target.end
      const address = target.address ?? references.get(target.number ?? '')
      if (address && !open?.image) links.push(address)
      const said = open ? text.slice(open.at + (open.image ? 2 : 1)) : text
      const kept = open?.image ? '' : heading || said.length > 150 ? said : said.replace(imageText, '')
      // The count of comments follows the date without a space.
      const gap = open && /^\d/.test(kept) && /\w$/.test(text.slice(0, open.at)) ? ' ' : ''
      text = open ? text.slice(0, open.at) + gap + kept : kept
    } else text += sign
  }
  // A link that goes on on the next line, or the text in place of an image.
  const unclosed = opened[0]?.at === 0 && !opened[0].image
  if (unclosed) text = text.slice(1)
  return { text: /^\[[^[\]]*\]$/.test(text.trim()) ? '' : text, links, unclosed }
}

/** Above it a line is no card's, and is not searched for links. */
const longestLine = 30_000

/** The text of an image before the text of a link: "[microsoft] Microsoft". */
const imageText = /^\[[^[\]]*\] ?/

/** What follows the bracket that closes a link: `(address)`, `(address "title")` or `[number]`. */
function targetAt(
  written: string,
  at: number,
): { end: number; address?: string; number?: string } | undefined {
  target.lastIndex = at
  const match = target.exec(written)
  if (!match) return undefined
  const [whole, address, number] = match
  return { end: at + whole.length - 1, ...(address && { address }), ...(number && { number }) }
}
const target = /\(<?((?:https?:|\/|#)[^\s()<>]{0,2000})>?(?: "[^"]{0,300}")?\)|\[(\d{1,5})\]/y
