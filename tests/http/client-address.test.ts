import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { clientAddress } from '../../src/http/client-address.ts'

const request = (remoteAddress: string, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage
const addressWith = (trustProxy: string) =>
  clientAddress(readConfig({ TRUST_PROXY: trustProxy }).http.trustProxy)
const forwarded = (list: string) => ({ 'x-forwarded-for': list })

describe('the client of a request', () => {
  test('is the peer of the connection where no proxy is trusted, whatever headers say', () => {
    const addressOf = addressWith('none')
    expect(addressOf(request('192.0.2.1', forwarded('198.51.100.1')))).toBe('192.0.2.1')
    expect(addressOf(undefined)).toBe('unknown')
  })

  test('is an IPv4 address, also where IPv6 writes it, and a network of IPv6', () => {
    const addressOf = addressWith('none')
    expect(addressOf(request('::ffff:192.0.2.1'))).toBe('192.0.2.1')
    for (const mapped of ['::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1', '0000:0000::ffff:c000:0201'])
      expect(addressOf(request(mapped))).toBe('192.0.2.1')
    expect(addressOf(request('fe80::ffff:1%eth0'))).toBe('fe80:0:0:0::/64')
    expect(addressOf(request('2001:db8:a:b:1:2:3:4'))).toBe('2001:db8:a:b::/64')
    expect(addressOf(request('2001:0db8::1'))).toBe('2001:db8:0:0::/64')
    expect(addressOf(request('fe80::1%eth0'))).toBe('fe80:0:0:0::/64')
    expect(addressOf(request('::1'))).toBe('0:0:0:0::/64')
  })

  test.each([
    ['1', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
    ['2', '203.0.113.9, 198.51.100.1', '203.0.113.9'],
    ['3', '203.0.113.9, 198.51.100.1', '203.0.113.9'],
    ['192.0.2.0/24', '203.0.113.9, 198.51.100.1, 192.0.2.7', '198.51.100.1'],
    ['192.0.2.0/24, 198.51.100.0/24', '203.0.113.9, 198.51.100.1', '203.0.113.9'],
    ['192.0.2.1', '198.51.100.1:4711', '198.51.100.1'],
    ['192.0.2.1', '[2001:db8::1]:4711', '2001:db8:0:0::/64'],
    ['192.0.2.1', '::ffff:c633:6401', '198.51.100.1'],
    ['192.0.2.1', 'unknown', '192.0.2.1'],
    ['10.0.0.0/8', '198.51.100.1', '192.0.2.1'],
  ])('with TRUST_PROXY=%s and %s is %s', (trustProxy, list, expected) => {
    expect(addressWith(trustProxy)(request('192.0.2.1', forwarded(list)))).toBe(expected)
  })

  test('is read from Forwarded where there is no X-Forwarded-For', () => {
    const header = 'for=203.0.113.9;proto=https, For="[2001:db8:1:2::17]:4711";by=10.0.0.1'
    expect(addressWith('1')(request('192.0.2.1', { forwarded: header }))).toBe('2001:db8:1:2::/64')
    const both = { forwarded: 'for=203.0.113.9', 'x-forwarded-for': '198.51.100.1' }
    expect(addressWith('1')(request('192.0.2.1', both))).toBe('198.51.100.1')
  })

  test('a list of proxies that cannot be read is refused at the start', () => {
    expect(() => addressWith('10.0.0.0/33')).toThrow(/TRUST_PROXY is "10\.0\.0\.0\/33", but must be none/)
    expect(() => addressWith('proxy.example')).toThrow(/TRUST_PROXY/)
  })
})
