import {
  byline,
  copied,
  escaped,
  home,
  type PageDay,
  type PagePaper,
  pageDate,
  votes,
  wrapped,
} from './page-renditions.ts'

/** What a converter writes for each part of a card, and for what stands above the cards. */
interface Style {
  header: string
  heading?(day: string): string
  votes(paper: PagePaper): string
  title(paper: PagePaper): string
  abstract(paper: PagePaper): string
  /** Lines before the one that says how many authors there are. */
  pictures: readonly string[]
  authors(text: string): string
  organization(text: string, handle: string): string
  dot: string
  /** The date and the comments, if there are any. */
  date(day: string, paper: PagePaper): string
  cardEnd?: string
}

function page(style: Style): (days: readonly PageDay[]) => string {
  const card = (paper: PagePaper, date: string) =>
    [
      style.votes(paper),
      style.title(paper),
      style.abstract(paper),
      typeof paper.by === 'number'
        ? [...style.pictures, style.authors(byline(paper))].join('\n')
        : style.organization(byline(paper), paper.by.handle),
      style.dot,
      style.date(pageDate(paper.published, date), paper),
    ].join('\n\n') + (style.cardEnd ?? '\n')
  return (days) =>
    days
      .map(({ date, papers }) => {
        const day = pageDate(date, date)
        const heading = style.heading?.(day) ?? day
        return `${style.header}${heading}\n\n${papers.map((paper) => card(paper, date)).join('\n')}`
      })
      .join('\n')
}

const countBehind = (day: string, { comments }: PagePaper) => (comments > 0 ? `${day} ${comments}` : day)
const linkedCount =
  (end = '') =>
  (day: string, { id, comments }: PagePaper) =>
    comments > 0 ? `${day} [${comments}](/papers/${id}#community)${end}` : day
const plainHeader = 'new\n\nSubscribe\n\nDaily Papers\n\nby AK and the research community\n\n'

/** `pandoc -t plain`: pictures are empty brackets, and items of a list stand behind dashes. */
export const pandocPlain = page({
  header: `${plainHeader}Daily Weekly Monthly\n\n`,
  votes: (paper) => `[]\n\n${votes(paper)}`,
  title: ({ title }) => wrapped(title, 72),
  abstract: ({ abstract }) => wrapped(abstract, 72),
  pictures: ['-   []', '-   []'],
  authors: (text) => `-   ${text}`,
  organization: (text) => `[] ${text}`,
  dot: '·',
  date: countBehind,
})

/** `pandoc -t gfm`: what Markdown has no marks for stays as HTML. */
export const pandocGfm = page({
  header: `<div class="flex">\n\nnew\n\n</div>\n\n# Daily Papers\n\n## by[<img src="/front/ak.png" />AK](/akhaliq) and the research community\n\n`,
  votes: (paper) =>
    `<div class="vote">\n\n[](/login?next=%2Fpapers%2F${paper.id})\n\n${votes(paper)}\n\n</div>`,
  title: ({ id, title }) => `### [${escaped(title)}](/papers/${id})`,
  abstract: ({ id, abstract }) => `[${wrapped(escaped(abstract), 72)}](/papers/${id})`,
  pictures: ['- <img src="/avatars/a.svg" />', '- <img src="/avatars/b.svg" />'],
  authors: (text) => `- ${text}`,
  organization: (text, handle) =>
    `[<img src="${home}/o.png" alt="${handle}" /> ${escaped(text)}](/${handle})`,
  dot: '<div>\n\n·\n\n</div>',
  date: linkedCount(),
})

/** `pandoc -t markdown`: fences for elements, and their classes in braces, at times over several lines. */
export const pandocMarkdown = page({
  header: `:::: {.container}\nnew\n\n# Daily Papers {#daily-papers}\n\n## by[![](/front/ak.png){.mr-2}AK](/akhaliq){.font} and the research community\n\n`,
  heading: (day) => `::: flex\n${day}\n:::`,
  votes: (paper) =>
    `::: {.vote}\n[${votes(paper)}](/login?next=%2Fpapers%2F${paper.id}){.flex\n.items-center}\n:::`,
  title: ({ id, title }) => `### [${escaped(title)}](/papers/${id}){.line-clamp-3} {#title}`,
  abstract: ({ id, abstract }) => `[${wrapped(escaped(abstract), 72)}](/papers/${id}){.line-clamp-2}`,
  pictures: ['-   ![](/avatars/a.svg){.rounded-full}'],
  authors: (text) => `-   ${text}`,
  organization: (text, handle) => `[![](x.png){.rounded} ${escaped(text)}](/${handle}){.flex}`,
  dot: '::: {.dot}\n·\n:::',
  date: linkedCount('{.flex}'),
})

/** w3m: texts of pictures in brackets, no blank line above the first button. */
export const w3m = page({
  header: `${plainHeader}[Daily][Weekly][Monthly]\n`,
  votes: (paper) => `[ ]\n${votes(paper)}`,
  title: ({ title }) => wrapped(title),
  abstract: ({ abstract }) => wrapped(abstract),
  pictures: ['  • [avatar]', '  • [avatar]'],
  authors: (text) => `  • ${text}`,
  organization: (text) => text,
  dot: '·',
  date: countBehind,
})

/** `lynx -dump -nolist`: pictures without a text leave the marks of their list. */
export const lynxWithoutLinks = page({
  header: `   Hugging Face's logo Hugging Face\n     * Models\n     * Log In\n\n   Daily Papers\n\n   by AK and the research community\n\n   (BUTTON) Daily (BUTTON) Weekly\n\n   `,
  votes: (paper) => `   [ ]\n   ${votes(paper)}`,
  title: ({ title }) => wrapped(title, 72, '   '),
  abstract: ({ abstract }) => wrapped(abstract, 78, '   '),
  pictures: ['     *', '     *'],
  authors: (text) => `     * ${text}`,
  organization: (text) => `   ${text}`,
  dot: '   ·',
  date: (day, paper) => `   ${countBehind(day, paper)}`,
})

/** turndown: links around paragraphs, headings underlined. */
export const turndown = page({
  header: `new\n\n[Subscribe](/login?next=%2Fpapers)\n\nDaily Papers\n============\n\nby[![](/front/ak.png)AK](/akhaliq) and the research community\n----------\n\n`,
  votes: (paper) => `[\n\n${votes(paper)}\n\n](/login?next=%2Fpapers%2F${paper.id})`,
  title: ({ id, title }) => `### [${escaped(title)}](/papers/${id})`,
  abstract: ({ id, abstract }) => `[\n\n${escaped(abstract)}\n\n](/papers/${id})`,
  pictures: ['*   ![](/avatars/a.svg)', '*   ![](/avatars/b.svg)'],
  authors: (text) => `*   ${text}`,
  organization: (text, handle) => `[\n\n![${handle}](${home}/o.png) ${escaped(text)}\n\n](/${handle})`,
  dot: '·',
  date: linkedCount(),
})

/** A page in the reply to a mail, with lines between the days. */
export function quoted(days: readonly PageDay[]): string {
  const text = days.map((day) => copied([day])).join('\n----------\n\n')
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
}
