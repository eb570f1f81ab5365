// What this machine can give: bare node:http and pg, and the JSON of each answer built by one prepared statement of
// Postgres with live joins. `node limit.mjs URL`
import { createServer } from 'node:http'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 })

const authors = `(select coalesce(json_agg(json_build_object('name', a.name) order by pa.position), '[]')
  from peers.paper_author pa join peers.author a on a.id = pa.author_id where pa.paper_id = p.id)`
const instant = `to_char(p.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const card = `json_build_object('arxivId', p.arxiv_id, 'title', p.title, 'publishedAt', ${instant}, 'upvotes', p.upvotes,
  'authors', json_build_object('nodes', ${authors}))`
const page = (where) => `
  select json_build_object('data', json_build_object('papers', json_build_object(
      'pageInfo', json_build_object('hasNextPage', count(*) > 25, 'endCursor', max(place) filter (where rank = 25)),
      'nodes', coalesce(json_agg(card order by rank) filter (where rank <= 25), '[]'))))::text as json
  from (
    select ${card} as card, extract(epoch from p.published_at) || ',' || p.id as place, row_number() over () as rank
    from (select * from peers.paper ${where} order by published_at desc, id desc limit 26) p
  ) page`

const statements = {
  point: {
    text: `select json_build_object('data', json_build_object('paper', json_build_object('arxivId', p.arxiv_id,
        'title', p.title, 'abstract', p.abstract, 'publishedAt', ${instant}, 'upvotes', p.upvotes,
        'authors', json_build_object('nodes', ${authors}))))::text as json
      from peers.paper p where p.arxiv_id = $1`,
    values: ({ arxivId }) => [arxivId],
  },
  feed: { text: page(''), values: () => [] },
  deep: {
    text: page('where (published_at, id) < ($1::timestamptz, $2::integer)'),
    values: ({ publishedAt, id }) => [publishedAt, id],
  },
  search: {
    text: `select json_build_object('data', json_build_object('search', json_build_object('nodes',
        coalesce(json_agg(${card} order by rank desc, p.id desc), '[]'))))::text as json
      from (
        select p.*, ts_rank(search, query) as rank from peers.paper p, websearch_to_tsquery('english', $1) query
        where search @@ query order by rank desc, id desc limit 20
      ) p`,
    values: ({ text }) => [text],
  },
}

async function answer({ operationName, variables }) {
  if (operationName === 'typename') return '{"data":{"__typename":"Query"}}'
  const { text, values } = statements[operationName]
  const { rows } = await pool.query({ name: operationName, text, values: values(variables) })
  return rows[0].json
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', async () => {
    const body = Buffer.from(await answer(JSON.parse(Buffer.concat(chunks).toString())))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
