import type { DigestContent, DigestPaper } from '../../db/digest/content.ts'
import { encodeGlobalId } from '../../schema/core/ids.ts'
import { type Html, html } from '../html.ts'
import { type Letter, mailFrame, mailRow } from './letter.ts'
import { MailRoom } from './mail-room.ts'

/** Papers shown with authors and the beginning of the abstract; the rest by title alone. */
const mostWhole = 25
/** Papers shown by title; what is beyond is counted. */
const mostTitles = 100
const abstractLength = 280
const titleLength = 300
const nameLength = 60

export interface DigestAddresses {
  /** Without a slash at the end. */
  readonly publicUrl: string
  /** The page on which the reader changes and ends the digest. */
  readonly manageUrl: string
}

/** Why there is no digest of a day to show. */
export function nothingToMail(day: string): string {
  return `No digest exists of ${day}: no paper of its edition passes the filter, and no mail is sent then.`
}

/** The digest of one day, as HTML and as text, with the same papers: as many as a mail has room for. */
export function digestLetter(
  { papers, hasGap }: DigestContent,
  day: string,
  { publicUrl, manageUrl }: DigestAddresses,
): Letter {
  const count = papers.length
  const [first] = papers
  const urlOf = ({ arxiv_id, id }: DigestPaper) =>
    `${publicUrl}/papers/${arxiv_id ?? encodeURIComponent(encodeGlobalId('Paper', id))}`
  const room = new MailRoom()
  const whole = room.take(papers.slice(0, mostWhole), (paper) => [
    String(mailRow(paperHtml(paper, urlOf(paper), 'h3'))),
    paperText(paper, urlOf(paper)),
  ])
  const named = room.take(papers.slice(whole.length, whole.length + mostTitles), (paper) => [
    String(namedHtml(paper, urlOf(paper))),
    namedText(paper, urlOf(paper)),
  ])
  const untold = count - whole.length - named.length
  const isNew = ({ late }: DigestPaper) => !late
  const groups = [
    { heading: undefined, papers: whole.filter(isNew) },
    { heading: 'Added to earlier lists', papers: whole.filter(({ late }) => late) },
  ].filter((group) => group.papers.length > 0)
  const title = `${longDay(day)}: ${counted(count, 'new paper')}`
  const gap = 'Some papers of the time before this mail are missing, because the server no longer keeps it.'
  const rest = untold > 0 ? `And ${untold} more on the website.` : undefined

  const rows: Html[] = [
    ...(hasGap ? [mailRow(html`<p style="margin:0">${gap}</p>`)] : []),
    ...groups.flatMap(({ heading, papers }) => [
      ...(heading ? [mailRow(html`<h2 style="margin:0;font-size:20px;color:#1d1d1b">${heading}</h2>`)] : []),
      ...papers.map((paper) => mailRow(paperHtml(paper, urlOf(paper), heading ? 'h3' : 'h2'))),
    ]),
    ...(named.length > 0
      ? [
          mailRow(html`<h2 style="margin:0 0 8px;font-size:20px;color:#1d1d1b">More papers</h2>
${named.map((paper) => namedHtml(paper, urlOf(paper)))}`),
        ]
      : []),
    mailRow(
      html`<p style="margin:0">${rest && html`${rest} `}<a href="${publicUrl}/" style="color:#1d1d1b">Read everything on the website</a></p>`,
    ),
  ]
  const text = [
    title,
    ...(hasGap ? [gap] : []),
    ...groups.flatMap(({ heading, papers }) => [
      ...(heading ? [`== ${heading} ==`] : []),
      ...papers.map((paper) => paperText(paper, urlOf(paper))),
    ]),
    ...(named.length > 0
      ? ['== More papers ==', named.map((paper) => namedText(paper, urlOf(paper))).join('\n\n')]
      : []),
    ...(rest ? [rest] : []),
    `Everything on the website:\n${publicUrl}/`,
    `-- \nYou subscribed to this digest. Change it or unsubscribe…\n${manageUrl}`,
  ].join('\n\n')
  return {
    subject: `${day}: ${count === 1 && first ? cut(first.title, 80) : `${count} papers, first ${cut(first?.title ?? '', 60)}`}`,
    text: `${text}\n`,
    html: mailFrame(
      title,
      whole
        .slice(0, 3)
        .map(({ title }) => cut(title, 60))
        .join(' · '),
      rows,
      html`<p style="margin:0">You subscribed to this digest. <a href="${manageUrl}" class="quiet" style="color:#5f5d57">Change it or unsubscribe</a></p>`,
    ),
  }
}

function paperHtml(paper: DigestPaper, url: string, level: 'h2' | 'h3'): Html {
  const link = html`<a href="${url}" style="color:#1d1d1b">${cut(paper.title, titleLength)}</a>`
  const style = 'margin:0;font-size:18px;line-height:1.3'
  return html`${level === 'h2' ? html`<h2 style="${style}">${link}</h2>` : html`<h3 style="${style}">${link}</h3>`}
<p class="quiet" style="margin:4px 0 0;color:#5f5d57;font-size:14px">${by(paper)}</p>
${paper.abstract && html`<p style="margin:8px 0 0">${cut(paper.abstract, abstractLength)}</p>`}`
}

function paperText(paper: DigestPaper, url: string): string {
  const abstract = paper.abstract ? [cut(paper.abstract, abstractLength)] : []
  return [cut(paper.title, titleLength), by(paper), ...abstract, url].join('\n')
}

function namedHtml(paper: DigestPaper, url: string): Html {
  return html`<p style="margin:0 0 6px"><a href="${url}" style="color:#1d1d1b">${cut(paper.title, titleLength)}</a></p>`
}

function namedText(paper: DigestPaper, url: string): string {
  return `${cut(paper.title, titleLength)}\n${url}`
}

/** Who wrote it, where, and what readers made of it. */
function by({
  author_names,
  author_count,
  organization,
  upvotes,
  comment_count,
  late,
  edition_date,
}: DigestPaper): string {
  const shown = author_names.slice(0, author_count > 4 ? 3 : 4).map((name) => cut(name, nameLength))
  const others = Math.max(0, author_count - shown.length)
  // Some sources tell how many there are, and not who.
  const unnamed = shown.length > 0 ? `${others} more` : counted(others, 'author')
  const authors = [...shown, ...(others > 0 ? [unnamed] : [])].join(', ')
  return [
    authors,
    organization && cut(organization, nameLength),
    upvotes > 0 && counted(upvotes, 'upvote'),
    comment_count > 0 && counted(comment_count, 'comment'),
    late && `list of ${edition_date}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** One line of at most so many characters, cut between words where there are any. */
function cut(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const characters = [...line]
  if (characters.length <= length) return line
  const head = characters.slice(0, length - 1).join('')
  const space = head.lastIndexOf(' ')
  return `${space > length / 2 ? head.slice(0, space) : head}…`
}

/** Made with the first letter: the first format of a process loads the data of languages, in 20 ms. */
let dayFormat: Intl.DateTimeFormat | undefined

function longDay(day: string): string {
  dayFormat ??= new Intl.DateTimeFormat('en', { dateStyle: 'full', timeZone: 'UTC' })
  return dayFormat.format(new Date(`${day}T00:00:00Z`))
}
