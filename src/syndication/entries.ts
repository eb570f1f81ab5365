import { hash } from 'node:crypto'
import { type Html, html } from '../html.ts'

/** One entry of a feed, in no format yet. All texts are plain, but for `content`. */
export interface SyndicatedEntry {
  /** `urn:uuid:…`: the same in every feed, at every address of the server, and whatever becomes of the title. */
  readonly id: string
  readonly title: string
  readonly url: string
  /** The same on other sites. */
  readonly related: readonly { readonly title: string; readonly url: string }[]
  readonly authors: readonly string[]
  /** When it came into the database, an ISO instant; not when the paper was published, which may be long before. */
  readonly publishedAt: string
  /** When the text last changed. */
  readonly updatedAt: string
  readonly content: Html
  readonly tags: readonly string[]
}

/** A paper as the documents of feeds select it. */
export interface FeedPaper {
  readonly id: string
  readonly arxivId: string | null
  readonly title: string
  readonly abstract: string | null
  readonly authorCount: number
  readonly authors: { readonly nodes: readonly { readonly name: string }[] }
  readonly organization: { readonly name: string; readonly fullName: string | null } | null
  readonly categories: readonly string[]
  readonly publishedOn: string
  readonly withdrawnAt: string | null
  readonly ingestedAt: string
  readonly textChangedAt: string
  readonly pageUrl: string | null
  readonly arxivUrl: string | null
  readonly githubRepo: string | null
  readonly projectPage: string | null
}

/** An edition as the document of its feed selects it. */
export interface FeedEdition {
  readonly date: string
  readonly listings: {
    readonly nodes: readonly {
      readonly recordedAt: string
      readonly paper: Pick<FeedPaper, 'id' | 'arxivId' | 'title' | 'textChangedAt' | 'pageUrl'>
    }[]
  }
}

/** What entries depend on besides their data. */
export interface EntrySurroundings {
  /** Names the database. */
  readonly epoch: string
  /** The public address of the server, without a slash at its end. */
  readonly base: string
  /** Whether the server has pages for readers; without them, entries lead to Hugging Face. */
  readonly hasPages: boolean
}

/** The authors that an entry names; of the others it tells the number. The record is 3,000 for one paper. */
export const mostAuthors = 10

/**
 * A paper as an entry. Its id is made of the database, the number of the paper in it, and when it was stored: a restored
 * backup may give the same number to another paper later.
 */
export function entryOfPaper(paper: FeedPaper, surroundings: EntrySurroundings): SyndicatedEntry {
  const { abstract, organization, categories, withdrawnAt, pageUrl, arxivUrl } = paper
  const authors = authorsOf(paper)
  const related = [linkTo('Hugging Face', pageUrl), linkTo('arXiv', arxivUrl)].flat()
  const links = [related, linkTo('Code', paper.githubRepo), linkTo('Project page', paper.projectPage)].flat()
  const facts = [
    organization && (organization.fullName ?? organization.name),
    `Published on ${paper.publishedOn}`,
    categories.join(', '),
  ].filter(Boolean)
  return {
    id: uuidUrn(`${surroundings.epoch} ${paper.id} ${paper.ingestedAt}`),
    title: paper.title,
    url: addressOf(paper, surroundings),
    related,
    authors,
    publishedAt: paper.ingestedAt,
    updatedAt: paper.textChangedAt,
    tags: categories,
    content: html`${withdrawnAt && html`<p><strong>Withdrawn by its authors on ${withdrawnAt.slice(0, 10)}.</strong></p>`}${
      authors.length > 0 && html`<p>${authors.join(', ')}</p>`
    }${abstract && html`<p>${abstract}</p>`}<p>${facts.join(' · ')}</p>${
      links.length > 0 &&
      html`<p>${links.map(({ title, url }, index) => html`${index > 0 && ' · '}<a href="${url}">${title}</a>`)}</p>`
    }`,
  }
}

/** An edition as an entry with the list of its papers, in the order in which they came onto it. */
export function entryOfEdition(
  edition: FeedEdition,
  surroundings: EntrySurroundings,
): SyndicatedEntry | undefined {
  const { date, listings } = edition
  const nodes = listings.nodes.toSorted((one, other) => compare(one.recordedAt, other.recordedAt))
  const instants = nodes.map(({ recordedAt }) => recordedAt)
  const [first] = instants
  if (first === undefined) return undefined
  const items = nodes.map(
    ({ paper }) => html`<li><a href="${addressOf(paper, surroundings)}">${paper.title}</a></li>`,
  )
  return {
    id: uuidUrn(`${surroundings.epoch} edition ${date}`),
    title: `Daily Papers of ${date}`,
    url: surroundings.hasPages
      ? `${surroundings.base}/editions/${date}`
      : `https://huggingface.co/papers/date/${date}`,
    related: surroundings.hasPages
      ? [{ title: 'Hugging Face', url: `https://huggingface.co/papers/date/${date}` }]
      : [],
    authors: [],
    publishedAt: first,
    updatedAt: [...instants, ...nodes.map(({ paper }) => paper.textChangedAt)].reduce(later),
    tags: [],
    content: html`<ol>${items}</ol>`,
  }
}

function linkTo(title: string, url: string | null): { title: string; url: string }[] {
  return url && /^https?:/i.test(url) ? [{ title, url }] : []
}

/** `urn:uuid:` of a name: a UUID of version 5 (RFC 9562, 5.5), the same for equal names. */
export function uuidUrn(name: string): string {
  const bytes = hash('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'buffer').subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const digits = bytes.toString('hex')
  return `urn:uuid:${digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`
}

/** Random, made for these names. */
const namespace = Buffer.from('5b0a3fd48c9d4f3e9a0be1c6f2a7d913', 'hex')

function addressOf(
  { arxivId, id, pageUrl }: Pick<FeedPaper, 'id' | 'arxivId' | 'pageUrl'>,
  { base, hasPages }: EntrySurroundings,
): string {
  if (hasPages) return `${base}/papers/${arxivId ?? encodeURIComponent(id)}`
  return (
    pageUrl ??
    `${base}/graphql?query=${encodeURIComponent(`{ paper(id: ${JSON.stringify(id)}) { title abstract } }`)}`
  )
}

function authorsOf({ authors, authorCount }: FeedPaper): string[] {
  const names = authors.nodes.map(({ name }) => name)
  const others = authorCount - names.length
  return others > 0 && names.length > 0 ? [...names, `and ${others} more`] : names
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function later(one: string, other: string): string {
  return one > other ? one : other
}
