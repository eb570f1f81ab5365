import { Parser } from 'htmlparser2'
import type { PlainLine } from './text.ts'

/** What a page in HTML holds for a reader of papers. */
export interface HtmlPage {
  /** The data that the page gives to its parts, as JSON text, in the order of the page. */
  data: string[]
  /** What it shows, line by line. */
  lines: PlainLine[]
  /** Addresses that it says are its own. */
  addresses: string[]
  /** When it says that it was saved, as an ISO string. */
  savedAt?: string
  /** Whether the rest was left out because elements are nested too deep. */
  tooDeep: boolean
}

/** Real pages stay below 60; without a bound, the time to read a nest grows with its square. */
const deepest = 500

/** Elements without text for a reader. */
const silent = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'head',
  'select',
  'textarea',
  'iframe',
])
/** Elements that begin a line; those in `apart` also have space around them. */
const block = new Set(
  'address article aside blockquote dd details div dl dt figcaption figure footer form header hr li main nav ol section summary table tbody td th tr ul button'.split(
    ' ',
  ),
)
const apart = new Set('article h1 h2 h3 h4 h5 h6 header main p pre section'.split(' '))

/**
 * Reads a page as it streams by, in one pass and without a tree. HTML as people save it is not always whole: what was
 * read up to its end counts.
 */
export function readHtml(html: string): HtmlPage {
  const page: HtmlPage = { data: [], lines: [], addresses: [], tooDeep: false }
  const line = new LineWriter(page.lines)
  const links: (string | undefined)[] = []
  let depth = 0
  let hidden = 0
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1
      if (depth > deepest) throw new TooDeep()
      const { 'data-props': data, href } = attributes
      if (data?.includes('"paper"') || data?.includes('"dailyPapers"')) page.data.push(data)
      const own = name === 'link' && attributes.rel === 'canonical' ? href : undefined
      const shared = attributes.property === 'og:url' ? attributes.content : undefined
      if (own ?? shared) page.addresses.push(own ?? shared ?? '')
      if (silent.has(name)) hidden += 1
      if (name === 'a') links.push(href)
      if (name === 'br') line.end()
      if (block.has(name) || apart.has(name)) line.end(apart.has(name))
      if (/^h[1-6]$/.test(name)) line.heading = true
    },
    ontext(text) {
      if (hidden === 0) line.write(text, links.at(-1))
    },
    oncomment(text) {
      const head = text.slice(0, 2_500)
      // As browsers write it, and SingleFile.
      const saved = /saved from url=\(\d+\)(\S+)|^\s*url: (https?:\S+)/m.exec(head)
      if (saved) page.addresses.push(saved[1] ?? saved[2] ?? '')
      const at = Date.parse(/^\s*saved date: ([^\n(]{10,60})/m.exec(head)?.[1] ?? '')
      if (!Number.isNaN(at)) page.savedAt ??= new Date(at).toISOString()
    },
    onclosetag(name) {
      depth -= 1
      if (silent.has(name)) hidden -= 1
      if (name === 'a') links.pop()
      if (block.has(name) || apart.has(name)) line.end(apart.has(name))
    },
  })
  try {
    for (let at = 0; at < html.length; at += 65_536) parser.write(html.slice(at, at + 65_536))
    parser.end()
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error
    page.tooDeep = true
  }
  line.end()
  return page
}

class TooDeep extends Error {}

/** Gathers text into lines, whose white space is folded. */
class LineWriter {
  heading = false
  readonly #lines: PlainLine[]
  #parts: string[] = []
  #links: string[] = []
  #afterBlank = true

  constructor(lines: PlainLine[]) {
    this.#lines = lines
  }

  write(text: string, link: string | undefined): void {
    this.#parts.push(text)
    if (link && text.trim() !== '' && this.#links.at(-1) !== link) this.#links.push(absolute(link))
  }

  end(blank = false): void {
    const text = this.#parts.join('').replace(/\s+/g, ' ').trim()
    if (text !== '') {
      const { heading } = this
      this.#lines.push({
        number: this.#lines.length + 1,
        text,
        afterBlank: this.#afterBlank,
        heading,
        links: this.#links,
      })
      this.#afterBlank = false
      this.heading = false
    }
    if (blank) this.#afterBlank = true
    this.#parts = []
    this.#links = []
  }
}

const absolute = (link: string) => (/^\/(?!\/)/.test(link) ? `https://huggingface.co${link}` : link)
