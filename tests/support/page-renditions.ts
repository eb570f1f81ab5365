/** The Daily Papers page as tools save it, made from papers that are known. Each writes what one real capture had. */

export interface PagePaper {
  id: string
  title: string
  abstract: string
  /** `YYYY-MM-DD` */
  published: string
  /** The number of authors, or the organization that stands in its place. */
  by: number | { name: string; handle: string }
  comments: number
  upvotes: number
  submitter: string
}

export interface PageDay {
  /** `YYYY-MM-DD` */
  date: string
  papers: PagePaper[]
}

const shortMonths = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** "May 30" in the page's own year, "May 30, 2025" otherwise. */
export function pageDate(day: string, own: string): string {
  const [year, month = '1', date] = day.split('-')
  const text = `${shortMonths[Number(month) - 1]} ${Number(date)}`
  return own.startsWith(`${year}-`) ? text : `${text}, ${year}`
}

export const votes = (paper: PagePaper) => (paper.upvotes === 0 ? '-' : String(paper.upvotes))
export const home = 'https://huggingface.co'
export const byline = ({ by }: PagePaper) => (typeof by === 'number' ? `${by} authors` : by.name)

export function wrapped(text: string, width = 78, indent = ''): string {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + word.length >= width) {
      lines.push(line)
      line = indent
    }
    line += line.trim() === '' ? word : ` ${word}`
  }
  return [...lines, line].join('\n')
}

/** As a browser copies it. */
export function copied(days: readonly PageDay[]): string {
  const page = ({ date, papers }: PageDay) => {
    const cards = papers.map((paper) => {
      const by = typeof paper.by === 'number' ? `  • ${byline(paper)}` : byline(paper)
      const comments = paper.comments > 0 ? ` ${paper.comments}` : ''
      return `${paper.title}\n\n${paper.abstract}\n\n${by}\n·\n${pageDate(paper.published, date)}${comments}\n`
    })
    return `${header}${pageDate(date, date)}\n\n${cards.join('\n')}`
  }
  return days.map(page).join('\n')
}
const header =
  'new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\nbyAK and the research community\n\n'

/** The same with the vote button and the submitter above each title, and comment counts on lines of their own. */
export function copiedWithVotes(days: readonly PageDay[]): string {
  const page = ({ date, papers }: PageDay) => {
    const cards = papers.map((paper) => {
      const comments = paper.comments > 0 ? `\n${paper.comments}` : ''
      const footer = `${byline(paper)}\n·\n${pageDate(paper.published, date)}${comments}`
      return `Submitted by\n\n${paper.submitter}\n\n${votes(paper)}\n\n${paper.title}\n\n${paper.abstract}\n\n${footer}\n`
    })
    return `${header}Daily\n\nWeekly\n\nMonthly\n\n${pageDate(date, date)}\n\n${cards.join('\n')}`
  }
  return days.map(page).join('\n')
}

/** A text browser: narrow lines, `*` for list items, no blank line between footer and button. */
export function textBrowser(days: readonly PageDay[], mark = '*'): string {
  const page = ({ date, papers }: PageDay) => {
    const cards = papers.map((paper) => {
      const by = typeof paper.by === 'number' ? `     ${mark} ${byline(paper)}` : `   ${byline(paper)}`
      const comments = paper.comments > 0 ? ` ${paper.comments}` : ''
      const text = [paper.title, paper.abstract].map((part) => wrapped(part, 78, '   ')).join('\n\n')
      return `   ${votes(paper)}\n\n${text}\n\n${by}\n   ·\n   ${pageDate(paper.published, date)}${comments}`
    })
    return `   new\n\n   Daily Papers\n\n   by AK and the research community\n\n     ${mark} Daily\n     ${mark} Weekly\n     ${mark} Monthly\n\n   ${pageDate(date, date)}\n\n${cards.join('\n\n')}\n`
  }
  return days.map(page).join('\n')
}

/** lynx: links are numbered, and listed at the end. */
export function numberedLinks(days: readonly PageDay[]): string {
  const links: string[] = []
  const link = (text: string, path: string) => `[${links.push(`${home}${path}`)}]${text}`
  const parts = days.map(({ date, papers }) => {
    const cards = papers.map((paper) => {
      const button = link(votes(paper), `/login?next=%2Fpapers%2F${paper.id}`)
      const title = wrapped(link(paper.title, `/papers/${paper.id}`), 78, '   ')
      const by =
        typeof paper.by === 'number'
          ? `     * ${byline(paper)}`
          : `   ${link(byline(paper), `/${paper.by.handle}`)}`
      const comments =
        paper.comments > 0 ? ` ${link(String(paper.comments), `/papers/${paper.id}#community`)}` : ''
      const day = `${pageDate(paper.published, date)}${comments}`
      return `   ${button}\n\n${title}\n\n${wrapped(paper.abstract, 78, '   ')}\n\n${by}\n   ·\n   ${day}\n`
    })
    return `   ${link('Hugging Face', '/')}\n\nDaily Papers\n\n   by ${link('AK', '/akhaliq')} and the research community\n\n   ${pageDate(date, date)}\n\n${cards.join('\n')}`
  })
  const list = links.map((address, index) => `   ${index + 1}. ${address}`)
  return `${parts.join('\n')}\nReferences\n\n   Visible links:\n${list.join('\n')}\n`
}

export const escaped = (text: string) => text.replace(/[\\`*_[\]<>#]/g, '\\$&')

/** A scraper that writes Markdown: titles are headings, everything is a link. */
export function markdown(days: readonly PageDay[]): string {
  const pages = days.map(({ date, papers }) => {
    const cards = papers.map((paper) => {
      const address = `${home}/papers/${paper.id}`
      const by =
        typeof paper.by === 'number'
          ? `[- ![](${home}/avatars/a.svg)\\\n- ![](${home}/avatars/b.svg)\\\n- ${byline(paper)}](${address})`
          : `[![${paper.by.handle}](${home}/avatars/c.png)${escaped(paper.by.name)}](${home}/${paper.by.handle})`
      const comments = paper.comments > 0 ? `[${paper.comments}](${address}#community)` : ''
      return [
        `[${votes(paper)}](${home}/login?next=%2Fpapers%2F${paper.id})`,
        `### [${escaped(paper.title)}](${address})`,
        `[${wrapped(escaped(paper.abstract)).replaceAll('\n', '\\\n')}](${address})`,
        by,
        '·',
        `${pageDate(paper.published, date)}${comments}`,
      ].join('\n\n')
    })
    return `[Subscribe](${home}/login?next=%2Fpapers)\n\n# Daily Papers\n\n## by [![](${home}/papers-by.png)AK](${home}/akhaliq) and the research community\n\n- Daily\n- Weekly\n- Monthly\n\n[Trending Papers](${home}/papers/trending)\n\n${pageDate(date, date)}\n\n${cards.join('\n\n')}\n\n[Previous](${home}/papers/date/2000-01-01)\n`
  })
  return `---\nurl: ${home}/papers\ntitle: Daily Papers - Hugging Face\n---\n${pages.join('\n')}\nTrending Papers ranked by GitHub stars activity\n`
}

/** A converter that numbers its links and breaks the line at each mark. */
export function referenceLinks(days: readonly PageDay[]): string {
  let number = 0
  const end = () => {
    number += 1
    return `][${number}]`
  }
  const pages = days.map(({ date, papers }) => {
    const cards = papers.map((paper) => {
      const by =
        typeof paper.by === 'number'
          ? `[\n* ${byline(paper)}\n${end()}`
          : `[[${paper.by.handle}] ${paper.by.name}${end()}`
      const comments = paper.comments > 0 ? ` [ ${paper.comments}${end()}` : ''
      const title = `### [${paper.title}${end()}`
      return `[\n${votes(paper)}\n${end()}\n\n${title}\n\n[\n\n${wrapped(paper.abstract, 120)}\n\n${end()}\n${by}\n·\n${pageDate(paper.published, date)}${comments}`
    })
    return `[[Hugging Face's logo] Hugging Face${end()}\n* [ Models ${end()}\n* [Log In${end()}\nnew\n\n# Daily Papers\n\n## by[AK${end()} and the research community\n* Daily\n* Weekly\n* Monthly\n\n${pageDate(date, date)}\n${cards.join('\n')}\n`
  })
  return pages.join('\n')
}

/** A notebook that puts the address of each link on a line of its own. */
export function addressLines(days: readonly PageDay[]): string {
  const pages = days.map(({ date, papers }) => {
    const cards = papers.map((paper) => {
      const address = `${home}/papers/${paper.id}`
      const by =
        typeof paper.by === 'number'
          ? `[\n\n${byline(paper)}](${address})`
          : ` \n\n${address}\n\n ${paper.by.name}\n\n${home}/${paper.by.handle}`
      const comments = paper.comments > 0 ? ` \n\n${paper.comments}\n\n${address}#community` : ''
      return ` [-] ${votes(paper)}\n\n${home}/login?next=%2Fpapers%2F${paper.id}\n\n${paper.title}\n\n${address}\n\n${paper.abstract}\n\n${address}\n\n${by}\n\n·\n\n${pageDate(paper.published, date)}${comments}\n`
    })
    return `Models\n\n${home}/models\n\nDaily Papers\n\nby \n\nAK\n\n${home}/akhaliq\n\n and the research community\n\nMonthly \n\n${home}/papers/trending\n\n${pageDate(date, date)}\n\n${cards.join('\n')}\nPrevious\n\n${home}/papers/date/2000-01-01\n\nSystem theme\n\nCompany\n\nTOS\n\n${home}/terms-of-service\n`
  })
  return `# Daily Papers - Hugging Face\n${pages.join('\n')}`
}

const inHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** What the page shows, as HTML without the data that it gives to its parts. */
export function shownHtml(days: readonly PageDay[]): string {
  const pages = days.map(({ date, papers }) => {
    const cards = papers.map((paper) => {
      const address = `/papers/${paper.id}`
      const by =
        typeof paper.by === 'number'
          ? `<a href="${address}"><ul><li title="A"><img src="/avatars/a.svg"></li><li>${byline(paper)}</li></ul></a>`
          : `<a href="/${paper.by.handle}"><img alt="${paper.by.handle}"><span>${inHtml(paper.by.name)}</span></a>`
      const comments =
        paper.comments > 0
          ? `<a href="${address}#community"><svg><path d=""/></svg> ${paper.comments}</a>`
          : ''
      const votes = `<a href="/login?next=%2Fpapers%2F${paper.id}"><div class="vote"><input type="checkbox" disabled><svg></svg><div>${paper.upvotes || '-'}</div></div></a>`
      return `<article><div>${votes}</div><h3><a href="${address}">${inHtml(paper.title)}</a></h3><a href="${address}"><p>${inHtml(paper.abstract)}</p></a><div>${by}<div>·</div><div><time>${pageDate(paper.published, date)}</time> ${comments}</div></div></article>`
    })
    return `<header><nav><ul><li><a href="/models">Models</a></li></ul></nav></header><main><p>Get trending papers in your email inbox!</p><h1>Daily Papers</h1><h2>by <a href="/akhaliq">AK</a> and the research community</h2><button>Daily</button><button>Weekly</button><button>Monthly</button><div><time>${pageDate(date, date)}</time></div><section>${cards.join('\n')}</section></main><footer><div>System theme</div><a href="/terms">TOS</a></footer>`
  })
  return `<!DOCTYPE html><html><head><title>Daily Papers - Hugging Face</title><script>var a = "<p>"</script></head><body>${pages.join('')}</body></html>`
}

/** A page as huggingface.co serves it: its data is in an attribute, and its cards show a part of it. */
export function servedHtml(props: unknown, target = 'DailyPapers'): string {
  const data = inHtml(JSON.stringify(props)).replaceAll('"', '&quot;')
  return `<!doctype html>\n<html class=""><head><title>Daily Papers - Hugging Face</title><style>p{}</style></head><body class="flex"><div class="SVELTE_HYDRATER contents" data-target="MainHeader" data-props="{&quot;classNames&quot;:&quot;&quot;}"></div><main><div class="SVELTE_HYDRATER contents" data-target="${target}" data-props="${data}"><section><h1>Daily Papers</h1></section></div></main></body></html>`
}
