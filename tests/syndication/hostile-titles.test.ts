import { parseFeed } from '@rowanmanning/feed-parser'
import { XmlDocument } from 'libxml2-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { foldSpace } from '../../db/model/text.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { useTestApp } from '../support/app.ts'
import { runDigest, subscribed } from '../support/digest.ts'
import { exchange } from '../support/exchange.ts'
import { type Mailbox, openMailbox, type ReceivedMail } from '../support/mailbox.ts'
import { elements, readPage, textOf } from '../support/page.ts'
import { aRecord } from '../support/records.ts'
import { type Received, type Receiver, startReceiver } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, webhookSettings } from '../support/webhooks.ts'

// Its own digest would go by the clock of the machine.
const app = useTestApp({ ...webhookSettings, DIGEST: 'off', WEBHOOK_GATHER_SECONDS: '1' })

const markup = '<img src=x onerror=alert(1)><script>alert(2)</script> ]]> &amp; "quoted" \'so\''
const chats = '<!channel> @everyone **bold** [click](https://evil.test) <https://evil.test|here> `code`'
const directions = 'Left \u202eto right\u202c \u2067and\u2069 back \u202e never ended'
const long = `${'Long '.repeat(1_999)}end.`
const lines = 'Two\r\nBcc: eve@example.org\r\n\r\nlines\0 and \u001b[31mcolours'
const titles = { markup, chats, directions, long, lines }

/** As every source and the API store them: overrides would show a text as another one, and line breaks begin headers. */
const stored = Object.values(titles).map(foldSpace)
const all = stored.toSorted()
const sorted = (texts: readonly (string | undefined)[]) => texts.map((text) => text ?? '').toSorted()

const date = '2026-06-16'
let mailed: ReceivedMail
const posted = new Map<string, Received[]>()
beforeAll(async () => {
  const mailbox: Mailbox = await openMailbox()
  const receiver: Receiver = await startReceiver()
  const digest = await runDigest(app.db, mailbox)
  await subscribed(app.db, mailbox, 'ada@example.org', digest)
  const token = await adminToken(app.db)
  for (const format of ['STANDARD', 'SLACK', 'DISCORD'])
    await createWebhook(app, token, { url: `${receiver.url}/${format}`, format, kinds: ['LISTED'] })
  await recordPapers(app.db, {
    source: 'huggingface',
    records: stored.map((title, index) =>
      aRecord({
        ...{ arxivId: `2606.0000${index}`, title, abstract: title, authors: [{ name: title.slice(0, 200) }] },
        listing: { date, submitter: { name: 'akhaliq' } },
      }),
    ),
  })
  digest.advance(3_600_000)
  mailed = await mailbox.next()
  posted.set('STANDARD', await receiver.accepts(all.length, '/STANDARD'))
  for (const format of ['SLACK', 'DISCORD']) posted.set(format, await receiver.accepts(1, `/${format}`))
  await digest[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await mailbox[Symbol.asyncDispose]()
})

test('what is stored of a text has no override, no line break and no command of a terminal', () => {
  expect(stored).toContain('Left to right \u2067and\u2069 back never ended')
  expect(stored).toContain('Two Bcc: eve@example.org lines and colours')
})

describe('a title with markup, directions, line breaks or 10,000 characters is text', () => {
  test('on a page', async () => {
    const { status, text } = await readPage(app, `/editions/${date}`)
    expect(status).toBe(200)
    const headings = elements(text, 'h2').filter(({ attribs }) => attribs.class === 'title')
    expect(sorted(headings.map(textOf))).toEqual(all)
    expect(elements(text, 'script').map(({ attribs }) => attribs.type)).toEqual(['module'])
    expect(elements(text, 'img')).toEqual([])
  })

  test.each([
    ['atom', '//a:entry/a:title', (title: string) => title],
    // A reader takes it for HTML.
    ['rss', '//item/title', (title: string) => elements(`<p>${title}</p>`, 'p').map(textOf).join()],
  ])('in %s', async (ending, path, read) => {
    const { status, text } = await exchange(app, { target: `/feeds/latest.${ending}` })
    expect(status).toBe(200)
    using document = XmlDocument.fromString(text)
    const namespaces = { a: 'http://www.w3.org/2005/Atom' }
    expect(document.find('//*[local-name() = "script" or local-name() = "img"]')).toEqual([])
    expect(sorted(document.find(path, namespaces).map(({ content }) => read(content)))).toEqual(all)
    expect(parseFeed(text).items).toHaveLength(all.length)
  })

  test('in a JSON Feed', async () => {
    const { items } = JSON.parse((await exchange(app, { target: '/feeds/latest.json' })).text)
    expect(sorted(items.map(({ title }: { title: string }) => title))).toEqual(all)
    for (const { content_html: content } of items) {
      expect(elements(content, 'script')).toEqual([])
      expect(elements(content, 'img')).toEqual([])
    }
  })

  test('in a mail, where a long one is cut', () => {
    const { mail, raw } = mailed
    expect(mail.to?.map(({ address }) => address)).toEqual(['ada@example.org'])
    expect(mail.headers.filter(({ key }) => key === 'bcc')).toEqual([])
    expect(Buffer.byteLength(raw)).toBeLessThan(90_000)
    const isCut = (text: string) => (text.length > 250 ? text.slice(0, 200) : text)
    const htmlTitles = elements(mail.html ?? '', 'h2').map(textOf)
    expect(sorted(htmlTitles).map(isCut)).toEqual(all.map(isCut))
    expect(elements(mail.html ?? '', 'script')).toEqual([])
    expect(elements(mail.html ?? '', 'img')).toEqual([])
    for (const title of all) expect(mail.text).toContain(isCut(title))
  })

  test('in a webhook', () => {
    const [first, ...others] = posted.get('STANDARD') ?? []
    expect(first?.json.type).toBe('paper.listed')
    expect(sorted([first, ...others].map((one) => one?.json.data.paper.title))).toEqual(all)
  })

  test('in Slack, where it is no mention and no link', () => {
    const [message] = posted.get('SLACK') ?? []
    const texts: string[] = message?.json.blocks.map(({ text }: { text: { text: string } }) => text.text)
    expect(texts).toHaveLength(all.length)
    for (const text of texts) {
      expect(text.match(/<[^>]*>/g)).toHaveLength(1)
      expect(text).toMatch(/^<https:\/\/[^|>]+\|/)
    }
    expect(texts.some((text) => text.includes('&lt;!channel&gt;'))).toBe(true)
  })

  test('in Discord, where it is no mention and no link', () => {
    const [message] = posted.get('DISCORD') ?? []
    const { embeds, allowed_mentions } = message?.json ?? {}
    expect([embeds.length, allowed_mentions]).toEqual([all.length, { parse: [] }])
    for (const { title } of embeds) expect(title).not.toMatch(/(?<!\\)(?:\\\\)*[<@`[\]*_~|]/)
  })
})
