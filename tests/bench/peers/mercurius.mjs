// Mercurius with JIT, and loaders for what lists have below them. `node mercurius.mjs URL`
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 })
const read = async (name, text, values) => (await pool.query({ name, text, values })).rows

const schema = `
  type Query {
    paper(arxivId: String!): Paper
    papers(first: Int!, after: String): PaperPage!
    search(text: String!, first: Int!): PaperPage!
  }
  type PaperPage { pageInfo: PageInfo! nodes: [Paper!]! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Paper {
    id: ID! arxivId: String title: String! abstract: String publishedAt: String! upvotes: Int! authors: AuthorPage!
  }
  type AuthorPage { nodes: [Author!]! }
  type Author { name: String! }`

const columns = `id, arxiv_id as "arxivId", title, abstract, published_at as "publishedAt", upvotes`

function pageOf(rows, first) {
  const nodes = rows.slice(0, first)
  const last = nodes.at(-1)
  const endCursor =
    last && Buffer.from(JSON.stringify([last.publishedAt.toISOString(), last.id])).toString('base64')
  return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor } }
}

const resolvers = {
  Query: {
    async paper(_root, { arxivId }) {
      const rows = await read('paper', `select ${columns} from peers.paper where arxiv_id = $1`, [arxivId])
      return rows[0] ?? null
    },
    async papers(_root, { first, after }) {
      const order = 'order by published_at desc, id desc'
      if (after == null)
        return pageOf(
          await read('first', `select ${columns} from peers.paper ${order} limit $1`, [first + 1]),
          first,
        )
      const keys = JSON.parse(Buffer.from(after, 'base64').toString())
      const text = `select ${columns} from peers.paper where (published_at, id) < ($2, $3) ${order} limit $1`
      return pageOf(await read('next', text, [first + 1, ...keys]), first)
    },
    async search(_root, { text, first }) {
      const statement = `select ${columns} from peers.paper, websearch_to_tsquery('english', $1) query
        where search @@ query order by ts_rank(search, query) desc, id desc limit $2`
      return { nodes: await read('search', statement, [text, first]) }
    },
  },
  Paper: { publishedAt: ({ publishedAt }) => publishedAt.toISOString() },
}

const loaders = {
  Paper: {
    async authors(queries) {
      const rows = await read(
        'authors',
        `select pa.paper_id as paper, a.name from peers.paper_author pa join peers.author a on a.id = pa.author_id
         where pa.paper_id = any($1) order by pa.paper_id, pa.position`,
        [queries.map(({ obj }) => obj.id)],
      )
      const byPaper = Map.groupBy(rows, ({ paper }) => paper)
      return queries.map(({ obj }) => ({ nodes: byPaper.get(obj.id) ?? [] }))
    },
  },
}

const app = Fastify()
app.register(mercurius, { schema, resolvers, loaders, jit: 1, path: '/graphql' })
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(`listening on ${app.server.address().port}`)
