import { type IncomingHttpHeaders, request } from 'node:http'
import { beforeAll, expect, test } from 'vitest'
import { type TestApp, useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

const token = 'a-token-of-sixteen-characters'
const short = useTestApp({ WRITE_TOKEN: token })
const long = useTestApp({ WRITE_TOKEN: token, HTTP_SHORT_WAY: 'off' }, short)

beforeAll(async () => {
  await plant(short.database.database.db, [
    { title: 'Sparse attention', abstract: 'Sparse. '.repeat(300), authors: [{ name: 'Ada' }] },
    { title: 'Dense “attention”' },
  ])
})

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** What came back, without what differs from one request to the next. */
async function exchange(app: TestApp, { method, path, headers, body }: Sent) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number | undefined
    headers: IncomingHttpHeaders
    body: string
  }>()
  const { port } = new URL(app.url)
  const sending = request({ port, host: '127.0.0.1', method, path, headers }, async (response) => {
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    const { date: _, 'x-request-id': __, ratelimit: ___, ...others } = response.headers
    const text = Buffer.concat(chunks).toString('base64')
    resolve({ status: response.statusCode, headers: others, body: text })
  })
  sending.on('error', reject)
  sending.end(body)
  return promise
}

const json = { 'content-type': 'application/json' }
const papers = '{ papers { totalCount nodes { id title abstract publishedAt authors { nodes { name } } } } }'
const address = (query: string, more = '') => `/graphql?query=${encodeURIComponent(query)}${more}`
const posted = (body: unknown, headers: Sent['headers'] = {}): Sent => ({
  ...{ method: 'POST', path: '/graphql', headers: { ...json, ...headers } },
  body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
})
const got = (query: string, headers: Sent['headers'] = {}, more = ''): Sent => ({
  ...{ method: 'GET', path: address(query, more), headers },
})

const documents = [
  '{ __typename }',
  papers,
  '{ sources { name lagSeconds } }',
  '{ feedPosition papers { nodes { title } } }',
  '{ papers(first: 1000) { nodes { title } } }',
  '{ paper(id: "no id") { title } __typename }',
  '{ paper(arxivId: "2505.11711") { title } }',
  '{ papers { nodes { title ... @defer { abstract } } } }',
  '{ nothing }',
  '{ papers { ',
  '',
  '{ __schema { queryType { name } } }',
  'mutation { ingestPapers(papers: []) { newCount } }',
  'query A { __typename } query B { papers { totalCount } }',
  'query ($id: ID!) { paper(id: $id) { title } }',
  `{ ${Array.from({ length: 300 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
]
const accepts = [
  undefined,
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/graphql-response+json,application/json',
  'application/json, text/plain, */*',
  'text/event-stream',
  'application/json, multipart/mixed',
  'APPLICATION/JSON',
  'image/png',
  'text/html, application/json',
  'application/*',
]

const groups: Record<string, Sent[]> = {
  'documents sent with POST': documents.flatMap((query) => [
    posted({ query }),
    posted({ query }, { accept: 'application/graphql-response+json' }),
    posted({ query }, { authorization: `Bearer ${token}` }),
    posted({ query }, { authorization: 'Bearer unknown' }),
  ]),
  'documents sent with GET': documents.flatMap((query) => [
    got(query, { accept: 'application/graphql-response+json' }),
    got(query, { accept: 'application/json', 'accept-encoding': 'gzip' }),
  ]),
  'media types and encodings': [
    posted({ query: 'subscription { paperIngested { cursor } }' }, { accept: 'application/json' }),
    ...accepts.flatMap((accept) => [
      posted({ query: papers }, accept === undefined ? {} : { accept }),
      got(papers, accept === undefined ? {} : { accept }),
      { ...got(papers, accept === undefined ? {} : { accept }), method: 'HEAD' },
    ]),
    ...['gzip', 'br', 'identity', 'gzip;q=0', 'br, gzip'].map((encoding) =>
      posted({ query: papers }, { 'accept-encoding': encoding }),
    ),
    ...[
      'application/json; charset=utf-8',
      'application/json;charset=latin1',
      'application/graphql',
      'application/x-www-form-urlencoded',
      'text/plain',
      'Application/JSON',
    ].map((type) => posted({ query: '{ __typename }' }, { 'content-type': type })),
  ],
  'bodies and parameters': [
    ...[
      '',
      '[]',
      'null',
      '{',
      '"text"',
      '[{"query":"{ __typename }"}]',
      '\uFEFF{"query":"{ __typename }"}',
      Buffer.from([0x7b, 0xff, 0x7d]),
    ].map((body) => posted(body)),
    ...[
      { variables: {} },
      { query: 1 },
      { query: '{ __typename }', variables: 'text' },
      { query: '{ __typename }', variables: [] },
      { query: '{ __typename }', variables: null, operationName: null, extensions: null },
      { query: '{ __typename }', operationName: '' },
      { query: '{ __typename }', operationName: 'Nobody' },
      { query: 'query A { __typename } query B { papers { totalCount } }', operationName: 'B' },
      { query: '{ __typename }', more: 1 },
      { query: '{ __typename }', extensions: {} },
      { query: '{ __typename }', documentId: 'unknown' },
      { query: 'query ($id: ID!) { paper(id: $id) { title } }', variables: { id: 7 } },
      {
        query: 'query ($first: Int) { papers(first: $first) { nodes { title } } }',
        variables: { first: 'x' },
      },
      {
        query: 'query ($yes: Boolean!) { papers @include(if: $yes) { totalCount } }',
        variables: { yes: false },
      },
    ].map((body) => posted(body)),
    got(
      'query ($first: Int) { papers(first: $first) { nodes { title } } }',
      {},
      '&variables=%7B%22first%22%3A1%7D',
    ),
    got('{ __typename }', {}, '&variables=%7B'),
    got('{ __typename }', { 'if-none-match': '*' }),
    got('{ __typename }', {}, '&extensions=%7B%7D'),
    { method: 'GET', path: '/graphql?query=%FF', headers: {} },
    { method: 'GET', path: '/graphql', headers: { accept: 'application/json' } },
  ],
}

test.each(Object.entries(groups))(
  'the short way and the whole way through the engine answer alike: %s',
  async (_group, requests) => {
    for (const sent of requests) {
      const [one, other] = await Promise.all([exchange(short, sent), exchange(long, sent)])
      expect(one, JSON.stringify({ ...sent, body: sent.body?.toString() })).toEqual(other)
    }
  },
)
