import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import fc from 'fast-check'
import nodemailer from 'nodemailer'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import type { DigestPaper } from '../../db/digest/content.ts'
import { digestLetter } from '../../src/digest/digest-letter.ts'
import { composeMail } from '../../src/digest/message.ts'
import { publicUrl } from '../support/digest.ts'

const manageUrl = `${publicUrl}/mail/${'x'.repeat(55)}`
const sender = { key: Buffer.alloc(32), publicUrl, from: 'Daily Papers <digest@example.org>' }

function aPaper(id: number, over: Partial<DigestPaper> = {}): DigestPaper {
  return {
    ...{ id, arxiv_id: `2606.${10_000 + id}`, title: `Paper ${id}`, abstract: 'An abstract. '.repeat(100) },
    ...{ author_names: ['Ada Lovelace', 'Émile Zola'], author_count: 2, organization: 'lab' },
    ...{ upvotes: 3, comment_count: 1, edition_date: '2026-06-16', late: false, listed_before: null },
    ...over,
  }
}

/** The mail as it goes over the wire. */
async function sentMail(papers: readonly DigestPaper[], options: object = {}): Promise<string> {
  const letter = digestLetter({ papers, hasGap: false }, '2026-06-16', { publicUrl, manageUrl })
  const mail = {
    subscriber_id: '00000000-0000-4000-8000-000000000000',
    day: '2026-06-16',
    kind: 'digest',
  } as const
  const recipient = { address: 'ada@example.org', format: 'both' } as const
  const message = composeMail(sender, mail, recipient, letter, `${manageUrl}/stop`)
  const { message: bytes } = await nodemailer
    .createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...options })
    .sendMail(message)
  return String(bytes)
}

describe('a digest is below 90 kB, with the same papers in both forms,', () => {
  const longest = fc.oneof(
    fc.constantFrom(
      'long '.repeat(2_000),
      '李'.repeat(10_000),
      '🧪'.repeat(5_000),
      '<&"=>'.repeat(2_000),
      'short',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 600 }),
  )

  test('however many there are, and whatever they are called', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(longest, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 300 }),
        async (texts, count) => {
          const text = (index: number) => texts[index % texts.length] ?? ''
          const papers = Array.from({ length: count }, (_, index) =>
            aPaper(index, {
              ...{ title: `No. ${index} ${text(index)}`, abstract: text(index + 1), late: index % 7 === 0 },
              ...{ author_names: [text(index), text(index + 2)], organization: text(index + 1) },
            }),
          )
          const sent = await sentMail(papers)
          expect(Buffer.byteLength(sent)).toBeLessThan(90_000)
          expect(sent.split('\r\n').every((line) => line.length < 998)).toBe(true)
          const { text: plain = '', html = '' } = await PostalMime.parse(sent)
          const numbers = (shown: string, pattern: RegExp) =>
            [...shown.matchAll(pattern)].map(([, number]) => Number(number)).sort((a, b) => a - b)
          const inText = numbers(plain, /\/papers\/2606\.1(\d{4})$/gm)
          expect(inText).toEqual(numbers(html, /\/papers\/2606\.1(\d{4})"/g))
          expect(inText.length).toBeGreaterThan(0)
          const rest = /And (\d+) more on the website/.exec(plain)?.[1] ?? '0'
          expect(inText.length + Number(rest)).toBe(count)
          expect(html.includes(`And ${rest} more`)).toBe(rest !== '0')
          expect(plain).toContain(manageUrl)
        },
      ),
      { numRuns: 25 },
    )
  })

  test('and as usual all of a day, with abstracts of the first', async () => {
    const sent = await sentMail(Array.from({ length: 50 }, (_, index) => aPaper(index)))
    expect(Buffer.byteLength(sent)).toBeLessThan(60_000)
    const { text = '' } = await PostalMime.parse(sent)
    expect(text.match(/^Paper \d+$/gm)).toHaveLength(50)
    expect(text.match(/An abstract\./g)?.length).toBeGreaterThan(25)
  })
})

test('a mail is UTF-8, says that a program sent it, and how to end it', async () => {
  const { headers, text, html } = await PostalMime.parse(
    await sentMail([aPaper(1, { title: 'Über 李明 🧪' })]),
  )
  const header = (name: string) => headers.find(({ key }) => key === name)?.value
  expect([text, html]).toEqual([
    expect.stringContaining('Über 李明 🧪'),
    expect.stringContaining('Über 李明 🧪'),
  ])
  expect(header('list-id')).toBe('Daily Papers digest <digest.papers.example.org>')
  expect(header('auto-submitted')).toBe('auto-generated')
  expect(header('list-unsubscribe')).toBe(`<${manageUrl}/stop>`)
  expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  // No pixel and no image tells that it was opened; each link leads to the server itself.
  expect(html).not.toMatch(/<img|<script|<main|role="main"|url\(/)
  const links = [...(html ?? '').matchAll(/href="([^"]*)"/g)].map(([, link = '']) => new URL(link).host)
  expect(new Set(links)).toEqual(new Set(['papers.example.org']))
})

test('a mail that is signed with DKIM holds what it was signed with, the way to unsubscribe included', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const dkim = {
    ...{ domainName: 'example.org', keySelector: 'digest' },
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
  const sent = await sentMail([aPaper(1)], { dkim })
  const [head = '', ...bodies] = sent.split('\r\n\r\n')
  const fields = head.split(/\r\n(?![ \t])/)
  const signature = fields.find((field) => /^dkim-signature:/i.test(field)) ?? ''
  const tag = (name: string) =>
    new RegExp(`(?:^|[;:\\s])${name}=([^;]*)`)
      .exec(signature.replace(/\r\n[ \t]+/g, ' '))?.[1]
      ?.replaceAll(' ', '') ?? ''
  const signed = tag('h').split(':')
  expect(signed.map((name) => name.toLowerCase())).toEqual(
    expect.arrayContaining(['from', 'to', 'subject', 'list-unsubscribe', 'list-unsubscribe-post']),
  )
  expect(tag('c')).toBe('relaxed/relaxed')
  // RFC 6376, 3.4.2 and 3.4.4.
  const relaxed = (field: string) => {
    const at = field.indexOf(':')
    const value = field
      .slice(at + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()
    return `${field.slice(0, at).trim().toLowerCase()}:${value}`
  }
  const body = `${bodies
    .join('\r\n\r\n')
    .replace(/[ \t]+(?=\r\n)/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/(?:\r\n)*$/, '')}\r\n`
  expect(createHash('sha256').update(body).digest('base64')).toBe(tag('bh'))
  const left = [...fields].reverse()
  const headers = signed.flatMap((name) => {
    const index = left.findIndex((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    return index === -1 ? [] : left.splice(index, 1).map(relaxed)
  })
  const unsigned = relaxed(signature).replace(/(?<=[; ]b=)[^;]*/, '')
  const data = Buffer.from([...headers, unsigned].join('\r\n'))
  const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))
  expect(verify('sha256', data, key, Buffer.from(tag('b'), 'base64'))).toBe(true)
})
