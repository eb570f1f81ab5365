import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { paperOrders } from '../../db/lists/orders.ts'
import { encodeCursor, scopeOf } from '../../schema/core/connection.ts'

/** The questions of the benchmark, in the words of each server. */

export const questionNames = ['typename', 'point', 'feed', 'deep', 'search'] as const
export type QuestionName = (typeof questionNames)[number]

/** Bodies of requests, one for each setting of a question, which are asked in turn. */
export type Bodies = Readonly<Record<QuestionName, readonly string[]>>

/** Where a deep page begins: the paper before it. */
interface Place {
  readonly id: number
  readonly publishedAt: string
}

/** What the questions ask for. */
export interface Settings {
  readonly arxivIds: readonly string[]
  readonly places: readonly Place[]
  /** Papers before the first of these places, and its own. */
  readonly before: number
  readonly texts: readonly string[]
}

const settingsOfEach = 32
const pageSize = 25
/** Pages before the first deep one, at most. Where there are fewer papers, it is in the middle of them. */
const pagesBefore = 100

/** Common words of the generated papers, of which some hundred of 10,000 have both. */
const texts = [
  'diffusion policy',
  'reasoning benchmark',
  'video generation',
  'policy reward',
  'robust attention',
]

export async function settingsOf(db: Db): Promise<Settings> {
  const papers = await sql<{ arxiv_id: string }>`select arxiv_id from (
      select arxiv_id from peers.paper where arxiv_id is not null order by md5(id::text) limit ${settingsOfEach}) p
    order by arxiv_id`.execute(db)
  const { count } = await sql<{ count: number }>`select count(*)::integer as count from peers.paper`
    .execute(db)
    .then(({ rows }) => rows[0] ?? { count: 0 })
  const before = Math.max(1, Math.min(pageSize * pagesBefore, Math.floor(count / 2)))
  const places = await sql<Place>`select id, published_at as "publishedAt" from peers.paper
    order by published_at desc, id desc offset ${before - 1} limit ${settingsOfEach}`.execute(db)
  return {
    arxivIds: papers.rows.map((row) => row.arxiv_id),
    places: places.rows.map(({ id, publishedAt }) => ({
      id,
      publishedAt: new Date(publishedAt).toISOString(),
    })),
    before,
    texts,
  }
}

const typename = '{ __typename }'
const card = 'arxivId title publishedAt upvotes authors { nodes { name } }'

interface Documents {
  readonly point: string
  readonly feed: string
  readonly deep: string
  readonly search: string
  /** The cursor after a paper. */
  cursor(place: Place): string | Promise<string>
}

async function bodiesOf(documents: Documents, { arxivIds, places, texts }: Settings): Promise<Bodies> {
  const cursors: string[] = []
  for (const place of places) cursors.push(await documents.cursor(place))
  const body = (query: string, variables?: object) => JSON.stringify({ query, variables })
  return {
    typename: [body(typename)],
    point: arxivIds.map((arxivId) => body(documents.point, { arxivId })),
    feed: [body(documents.feed)],
    deep: cursors.map((after) => body(documents.deep, { after })),
    search: texts.map((text) => body(documents.search, { text })),
  }
}

export function ourBodies(settings: Settings): Promise<Bodies> {
  const list = `pageInfo { hasNextPage endCursor } nodes { ${card} }`
  const documents = {
    point: `query Point($arxivId: String!) { paper(arxivId: $arxivId) { arxivId title abstract publishedAt upvotes authors { nodes { name } } } }`,
    feed: `query Feed { papers(first: ${pageSize}) { ${list} } }`,
    deep: `query Deep($after: String!) { papers(first: ${pageSize}, after: $after) { ${list} } }`,
    search: `query Search($text: String!) { search(text: $text, first: 20) { nodes { ${card} } } }`,
    cursor: ({ id, publishedAt }: Place) =>
      encodeCursor({ order: paperOrders.NEWEST, scope: scopeOf({}) }, [publishedAt, id]),
  }
  return bodiesOf(documents, settings)
}

export async function mercuriusBodies(settings: Settings): Promise<Bodies> {
  const ours = await ourBodies(settings)
  const cursor = ({ publishedAt, id }: Place) =>
    Buffer.from(JSON.stringify([publishedAt, id])).toString('base64')
  const [deep] = ours.deep.map((body) => (JSON.parse(body) as { query: string }).query)
  return {
    ...ours,
    deep: settings.places.map((place) =>
      JSON.stringify({ query: deep, variables: { after: cursor(place) } }),
    ),
  }
}

/** `ask` gives the data of an answer: PostGraphile makes its cursors itself. */
export function postgraphileBodies(
  settings: Settings,
  ask: (body: string) => Promise<unknown>,
): Promise<Bodies> {
  const names = 'paperAuthorsByPaperId(orderBy: POSITION_ASC) { nodes { authorByAuthorId { name } } }'
  const fields = `arxivId title publishedAt upvotes ${names}`
  const order = 'orderBy: [PUBLISHED_AT_DESC, PRIMARY_KEY_DESC]'
  const list = `pageInfo { hasNextPage endCursor } nodes { ${fields} }`
  let rank = settings.before - 1
  const documents = {
    point: `query Point($arxivId: String!) { paperByArxivId(arxivId: $arxivId) { arxivId title abstract publishedAt upvotes ${names} } }`,
    feed: `query Feed { allPapers(first: ${pageSize}, ${order}) { ${list} } }`,
    deep: `query Deep($after: Cursor!) { allPapers(first: ${pageSize}, after: $after, ${order}) { ${list} } }`,
    search: `query Search($text: String!) { searchPapers(words: $text, first: 20) { nodes { ${fields} } } }`,
    async cursor() {
      const query = `{ allPapers(first: 1, offset: ${rank++}, ${order}) { pageInfo { endCursor } } }`
      const data = (await ask(JSON.stringify({ query }))) as {
        allPapers: { pageInfo: { endCursor: string } }
      }
      return data.allPapers.pageInfo.endCursor
    },
  }
  return bodiesOf(documents, settings)
}

/** The limit parses no document. */
export async function limitBodies({ arxivIds, places, texts }: Settings): Promise<Bodies> {
  const body = (operationName: QuestionName, variables = {}) => JSON.stringify({ operationName, variables })
  return {
    typename: [body('typename')],
    point: arxivIds.map((arxivId) => body('point', { arxivId })),
    feed: [body('feed')],
    deep: places.map((place) => body('deep', place)),
    search: texts.map((text) => body('search', { text })),
  }
}

/**
 * Whether two answers say the same, whatever each server calls it. Of searches only the number of papers: each
 * server has words and ranks of its own.
 */
export function agree(question: QuestionName, one: unknown, other: unknown): boolean {
  const [left, right] = [plain(one), plain(other)]
  if (question !== 'search') return isDeepStrictEqual(left, right)
  const amount = (papers: unknown) => (Array.isArray(papers) ? papers.length : undefined)
  return amount(left) === amount(right) && amount(left) !== 0
}

/** The data of an answer without the names and layers that differ: lists as arrays, instants as numbers. */
function plain(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(plain)
  if (typeof data !== 'object' || data === null) return data
  const { nodes, pageInfo, publishedAt, paperAuthorsByPaperId, authorByAuthorId, ...others } = data as Record<
    string,
    unknown
  >
  if (authorByAuthorId !== undefined) return plain(authorByAuthorId)
  if (nodes !== undefined)
    return pageInfo === undefined
      ? plain(nodes)
      : { nodes: plain(nodes), more: (pageInfo as { hasNextPage: boolean }).hasNextPage }
  const values = Object.entries(others).map(([name, value]) => [name, plain(value)] as const)
  const [only, ...rest] = values
  const isLayer = only !== undefined && rest.length === 0 && /papers?/i.test(only[0])
  if (isLayer || only?.[0] === 'search') return only?.[1]
  return {
    ...Object.fromEntries(values),
    ...(publishedAt !== undefined && { publishedAt: Date.parse(String(publishedAt)) }),
    ...(paperAuthorsByPaperId !== undefined && { authors: plain(paperAuthorsByPaperId) }),
  }
}
