import { afterAll, beforeAll, expect, test } from 'vitest'
import { query, refusal, useTestApp } from '../support/app.ts'
import { becomesTrue, listPapers } from '../support/digest.ts'
import { type Mailbox, openMailbox, type ReceivedMail } from '../support/mailbox.ts'

const mailbox = {} as Mailbox
const publicUrl = 'https://papers.example.org'
const settings: Record<string, string> = {
  PUBLIC_URL: publicUrl,
  MAIL_FROM: 'Daily Papers <digest@example.org>',
  WRITE_TOKEN: 'a token of the tests'.replaceAll(' ', '-'),
  get MAIL_URL() {
    return mailbox.url
  },
}
beforeAll(async () => {
  Object.defineProperties(mailbox, Object.getOwnPropertyDescriptors(await openMailbox()))
})
const app = useTestApp(settings)
afterAll(() => mailbox[Symbol.asyncDispose]())

const post = (path: string, fields: Record<string, string> = {}) =>
  fetch(`${app.url}${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
const get = (path: string) => fetch(`${app.url}${path}`, { redirect: 'manual' })
const text = async (response: Promise<Response>) => (await response).text()

/** The path of the link in a mail. */
function pathIn({ mail }: ReceivedMail): string {
  const [, path = ''] = /https:\/\/papers\.example\.org(\/mail\/[\w-]+)/.exec(mail.text ?? '') ?? []
  return path
}

const readers = () => app.db.selectFrom('mail_subscriber').selectAll().orderBy('address_key').execute()

test('a reader subscribes by the form, confirms, changes, exports and is forgotten; a GET changes nothing', async () => {
  const form = await text(get('/digest?filter=%7B%22minUpvotes%22%3A3%7D'))
  expect(form).toContain('name="address"')
  expect(form).toContain('{&quot;minUpvotes&quot;:3}')
  const sent = await post('/digest', {
    address: 'Ada@example.org',
    text: 'attention',
    hour: '6',
    zone: 'Europe/Berlin',
    filter: '{"minUpvotes":3}',
  })
  expect(sent.status).toBe(200)
  expect(await sent.text()).toContain('A mail is on its way')
  const asked = await mailbox.next()
  const path = pathIn(asked)

  // A mail scanner opens every link, twice.
  const before = await readers()
  for (const at of [path, path, `${path}/confirm`, `${path}/stop`, `${path}/forget`, `${path}/preferences`])
    expect((await get(at)).status, at).toBe(200)
  expect(await readers()).toEqual(before)
  expect(before).toMatchObject([{ status: 'pending', filter: { text: 'attention', minUpvotes: 3 }, hour: 6 }])

  const page = await get(path)
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  expect(page.headers.get('x-robots-tag')).toBe('noindex')
  expect(await page.text()).toContain(`action="../mail/${path.slice(6)}/confirm"`)

  expect(await text(post(`${path}/confirm`))).toContain('The digest begins')
  expect(await readers()).toMatchObject([{ status: 'active', asks: 0 }])
  expect((await post(`${path}/confirm`)).status).toBe(404)

  // Whoever asks again is mailed the link to the preferences.
  await post('/digest', { address: 'ada@example.org' })
  const links = await mailbox.next()
  const manage = pathIn(links)
  expect(await text(get(manage))).toContain('Europe/Berlin')
  expect(
    await text(post(`${manage}/preferences`, { hour: '21', zone: 'Asia/Kathmandu', cadence: 'WEEKLY' })),
  ).toContain('is changed')
  expect(await readers()).toMatchObject([{ hour: 21, zone: 'Asia/Kathmandu', cadence: 'weekly', filter: {} }])

  const bad = await post(`${manage}/preferences`, { zone: 'Mars/Olympus' })
  expect(bad.status).toBe(400)
  expect(await bad.text()).toContain('must be the name of a time zone')

  const exported = await (await post(`${manage}/export`)).json()
  expect(exported).toMatchObject({
    reader: { address: 'Ada@example.org' },
    mails: [{ kind: 'confirm' }, { kind: 'links' }],
  })

  const stopped = await post(`${manage}/stop`, { 'List-Unsubscribe': 'One-Click' })
  expect([stopped.status, stopped.headers.get('set-cookie'), await stopped.text()]).toEqual([
    200,
    null,
    'No more mail is sent to this address.\n',
  ])
  expect(await readers()).toMatchObject([{ status: 'stopped', next_due_at: null }])

  expect(await text(post(`${manage}/forget`))).toContain('All is deleted')
  expect(await readers()).toEqual([])
  expect((await get(manage)).status).toBe(404)
  // Nobody can subscribe the person again, and nobody learns of it.
  expect(await text(post('/digest', { address: 'ADA@example.org' }))).toContain('A mail is on its way')
  expect(await readers()).toEqual([])
  expect(app.logged.join('\n').toLowerCase()).not.toContain('ada@')
})

test('RFC 8058 works with a body of several parts', async () => {
  await post('/digest', { address: 'bob@example.org' })
  const path = pathIn(await mailbox.next())
  await post(`${path}/confirm`)
  await post('/digest', { address: 'bob@example.org' })
  const manage = pathIn(await mailbox.next())
  const body = new FormData()
  body.set('List-Unsubscribe', 'One-Click')
  const response = await fetch(`${app.url}${manage}/stop`, { method: 'POST', body, redirect: 'manual' })
  expect(response.status).toBe(200)
  const bob = (await readers()).find(({ address }) => address === 'bob@example.org')
  expect(bob?.status).toBe('stopped')
})

test('what only programs fill in subscribes nobody', async () => {
  const before = await readers()
  expect(
    await text(post('/digest', { address: 'robot@example.org', website: 'https://spam.example' })),
  ).toContain('A mail is on its way')
  expect(await readers()).toEqual(before)
})

test.each([
  'ada@example.org, bob@example.org',
  'Ada <ada@example.org>',
  'ada@example.org\r\nBcc: bob@example.org',
  'ada@localhost',
  `${'a'.repeat(65)}@example.org`,
  'ada@[127.0.0.1]',
  '',
])('%j is no mail address', async (address) => {
  const { extensions, message } = await refusal(
    app,
    'mutation ($address: String!) { subscribeToDigest(address: $address) { message } }',
    { address },
  )
  expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'address' })
  expect(message).toContain('must be a mail address')
  expect((await post('/digest', { address })).status).toBe(400)
})

test.each([
  ['a token of nobody', '/mail/AAAA'],
  ['one that was changed', '/mail/AbAjDnKhRgmk2Jp3mMkcHgAAAAFqPzvQ9Zr4t7Pv8Kc2n3s1aQ4L5w'],
  ['a path below a link', '/mail/AAAA/stop/now'],
])('%s opens nothing', async (_, path) => {
  for (const response of [await get(path), await post(path)]) {
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('This link has expired or was used.')
  }
})

test('a relay reports a complaint, and the reader is never mailed again', async () => {
  await post('/digest', { address: 'carol@example.org' })
  const confirmation = await mailbox.next()
  await post(`${pathIn(confirmation)}/confirm`)
  const report =
    'mutation ($messageId: String!) { reportMail(messageId: $messageId, kind: COMPLAINT) { message } }'
  const messageId = confirmation.header('message-id')
  expect((await refusal(app, report, { messageId })).extensions.code).toBe('UNAUTHENTICATED')
  await query(app, report, { messageId }, settings.WRITE_TOKEN)
  const carol = () => readers().then((all) => all.find(({ address }) => address === 'carol@example.org'))
  expect(await carol()).toMatchObject({ status: 'suppressed', next_due_at: null })
  await post('/digest', { address: 'carol@example.org' })
  expect(await carol()).toMatchObject({ status: 'suppressed' })
})

test('an address that no reader can have is a fault of the caller', async () => {
  const report = 'mutation ($address: String!) { reportMail(address: $address, kind: BOUNCE) { message } }'
  const refused = await refusal(app, report, { address: 'a\u0000b@example.org' }, settings.WRITE_TOKEN)
  expect(refused).toMatchObject({
    message: expect.stringContaining('U+0000'),
    extensions: { code: 'BAD_USER_INPUT' },
  })
})

test('the preview of a day is its digest', async () => {
  await listPapers(app.db, '2026-06-16', ['A paper with <script>alert(1)</script>', 'Another one'])
  const page = await get('/digest/preview?day=2026-06-16')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  const shown = await page.text()
  expect(shown).toContain('A paper with &lt;script&gt;alert(1)&lt;/script&gt;')
  // A page has a landmark; a mail is shown within that of its reader's program.
  expect(shown.match(/<\/?main>|<\/?body|<\/?table role/g)).toEqual([
    '<body',
    '<main>',
    '<table role',
    '<table role',
    '</main>',
    '</body',
  ])
  expect(await text(get('/digest/preview?day=2026-06-16&format=text'))).toContain('Another one\n')
  expect((await get('/digest/preview?day=2026-02-30')).status).toBe(400)
  expect((await get('/digest/preview?filter=7')).status).toBe(400)
})

test('an instant passes until a mail of this server is on its way', async () => {
  await query(
    app,
    'mutation { subscribeToDigest(address: "eve@example.org", preferences: {filter: {keywords: ["x"]}}) { message } }',
  )
  expect((await mailbox.next()).to).toEqual(['eve@example.org'])
  await becomesTrue(async () => {
    const rows = await app.db.selectFrom('mail_delivery').select('sent_at').execute()
    return rows.every(({ sent_at }) => sent_at !== null)
  })
})
