import type { LookupAddress } from 'node:dns'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createPoster } from '../../src/webhooks/post.ts'
import { faultOfTarget, type LookUp } from '../../src/webhooks/target.ts'
import { once } from '../support/patience.ts'

let server: Server
let port = 0
let requests = 0
beforeAll(async () => {
  server = createServer((_request, response) => {
    requests += 1
    response.end('inside')
  })
  // Every address of this machine leads to it.
  server.listen(0, '::')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  expect(requests).toBe(0)
})

const strict = { allowHttp: true, allowPrivate: false }
const options = { rules: strict, timeoutMs: 5_000, userAgent: 'test' }
const usual = createPoster(options)
afterAll(() => usual.close())

const postTo = (host: string, scheme = 'http', poster = usual) =>
  poster.post({ url: `${scheme}://${host}:${port}/`, headers: {}, body: '{}' })

const literals = [
  ...[
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '017700000001',
    '１２７.0.0.1',
    '0.0.0.0',
    '0',
  ],
  ...['10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.1', '198.18.0.1'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['0177.0.0.1', '0xA9FEA9FE', '①⑦②.①⑥.⓪.①', '127.0.0.1.', '0x0a.0.1'],
  ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::7f00:1]', '[::127.0.0.1]'],
  ...['[64:ff9b::7f00:1]', '[64:ff9b:1::1]', '[2002:7f00:1::]', '[2001::1]', '[2001:db8::1]'],
  ...['[::ffff:a9fe:a9fe]', '[::ffff:0:127.0.0.1]', '[64:ff9b::10.0.0.1]', '[2002:a9fe:a9fe::1]'],
  ...['192.88.99.1', '192.0.2.1', '[3fff::1]', '[2001:20::1]'],
  ...['[fc00::1]', '[fd00::1]', '[fe80::1]', '[fec0::1]', '[ff02::1]', '[100::1]'],
]

describe('an endpoint inside of the network is not connected to', () => {
  test.each(literals)('written as %s', async (host) => {
    for (const scheme of ['http', 'https'])
      expect(await postTo(host, scheme)).toMatchObject({
        ...{ status: null, isRefused: true },
        error: expect.stringContaining('must be reachable from the internet'),
      })
  })

  test.each(['localhost', 'localhost.', 'LOCALHOST', 'foo.localhost'])('by the name %s', async (host) => {
    expect(await postTo(host)).toMatchObject({ status: null, isRefused: true })
  })

  test('by the name of this machine, and by each of its addresses', async () => {
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
    for (const { address, family } of own) {
      const host = family === 'IPv6' ? `[${address}]` : address
      expect(await postTo(host), address).toMatchObject({ status: null, isRefused: true })
    }
  })

  test.each([
    ['a private address', [{ address: '10.1.2.3', family: 4 }]],
    ['loopback', [{ address: '127.0.0.1', family: 4 }]],
    ['loopback of IPv6', [{ address: '::1', family: 6 }]],
    ['a mapped address', [{ address: '::ffff:127.0.0.1', family: 6 }]],
    ['IPv4 in disguise', [{ address: '::7f00:1', family: 6 }]],
    ['loopback behind NAT64', [{ address: '64:ff9b::7f00:1', family: 6 }]],
    ['loopback behind 6to4', [{ address: '2002:7f00:1::1', family: 6 }]],
    ['metadata of a cloud', [{ address: '169.254.169.254', family: 4 }]],
    ['a mapped address with zeros', [{ address: '0:0:0:0:0:ffff:a00:1', family: 6 }]],
    ['the local link', [{ address: 'fe80::1', family: 6 }]],
    [
      'a public and a private address',
      [
        { address: '8.8.8.8', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    ],
    [
      'a private and a public address',
      [
        { address: '::7f00:1', family: 6 },
        { address: '8.8.8.8', family: 4 },
      ],
    ],
  ])('by a name that resolves to %s', async (_what, addresses) => {
    const refused = { status: null, isRefused: true }
    const asked = resolvingTo(() => addresses)
    for (const scheme of ['http', 'https'])
      expect(await postTo('innocent.example.org', scheme, asked)).toMatchObject(refused)
  })

  test('by a name whose answer changes after it was looked at', async () => {
    let times = 0
    // The first answer is that of a check before; the second that of the connection.
    const asked = resolvingTo(() => [{ address: times++ === 0 ? '203.0.113.7' : '127.0.0.1', family: 4 }])
    asked.look()
    expect(faultOfTarget(`http://rebinding.example.org:${port}/`, strict)).toBeUndefined()
    const outcome = await postTo('rebinding.example.org', 'http', asked)
    expect(outcome).toMatchObject({ status: null, isRefused: true })
    expect(times).toBe(2)
  })
})

/** A poster for which all names resolve to these addresses. */
function resolvingTo(answers: () => LookupAddress[]) {
  const lookUp: LookUp = (_name, _options, callback) => callback(null, answers())
  return Object.assign(createPoster({ ...options, lookUp }), {
    look: () => lookUp('', { all: true }, () => {}),
  })
}

describe('a URL is refused, with what to write instead,', () => {
  test.each([
    ['without https', 'http://example.org/', /begin with "https:\/\/"\. .*WEBHOOK_ALLOW_HTTP=on\.$/],
    ['of another scheme', 'ftp://example.org/', /begin with "https:\/\/"\.$/],
    ['with credentials', 'https://me:secret@example.org/', /user name or a password/],
    ['with a fragment', 'https://example.org/#x', /fragment/],
    ['of a port of another service', 'https://example.org:22/', /port 443 or one from 1024/],
    ['of this server', 'https://papers.example.org/graphql', /address of this server/],
    ['that is none', 'https://', /must be a URL/],
    ['that is too long', `https://example.org/${'x'.repeat(2_100)}`, /at most 2048/],
  ])('%s', (_what, url, advice) => {
    const rules = { allowHttp: false, allowPrivate: false, publicUrl: 'https://papers.example.org' }
    expect(faultOfTarget(url, rules)).toMatch(advice)
  })

  test('and others are not', () => {
    const rules = { allowHttp: false, allowPrivate: false, publicUrl: 'https://papers.example.org' }
    for (const url of [
      'https://example.org/hook?x=1',
      'https://example.org:8443/',
      'https://8.8.8.8/',
      'https://[2606:4700::1]/',
    ])
      expect(faultOfTarget(url, rules)).toBeUndefined()
    expect(faultOfTarget('http://127.0.0.1/', { allowHttp: true, allowPrivate: true })).toBeUndefined()
  })
})
