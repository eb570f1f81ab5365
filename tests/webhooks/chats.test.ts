import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { discordCards, discordText } from '../../src/webhooks/discord.ts'
import { type ChatEvent, cardsOf, fitted } from '../../src/webhooks/paper-cards.ts'
import { slackCards, slackText } from '../../src/webhooks/slack.ts'
import { useTestApp } from '../support/app.ts'
import { arxivId, plant } from '../support/papers.ts'
import { aReading, aRecord } from '../support/records.ts'
import { startReceiver } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, webhookSettings } from '../support/webhooks.ts'

function anEvent(over: Partial<ChatEvent['paper']> = {}, event: Partial<ChatEvent> = {}): ChatEvent {
  return {
    ...{ type: 'PaperListed', editionDate: '2026-06-01' },
    paper: {
      ...{ id: '1', title: 'A Paper', abstract: 'An abstract.', aiSummary: null, authorCount: 5, upvotes: 1 },
      authors: {
        nodes: [{ name: 'Ada Lovelace' }, { name: 'Alan Turing' }, { name: 'Émile Zola' }, { name: '李明' }],
      },
      organization: { name: 'lab' },
      ...{ pageUrl: 'https://huggingface.co/papers/2606.00001', arxivUrl: null },
      ...over,
    },
    ...event,
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look into it.
const json = (value: object): any => JSON.parse(JSON.stringify(value))

test('a paper is shown once, with what happened to it last', () => {
  const events = [anEvent({}, { type: 'PaperIngested' }), anEvent({ id: '2', title: 'Other' }), anEvent()]
  expect(cardsOf(events)).toMatchObject([
    {
      title: 'A Paper',
      authors: 'Ada Lovelace, Alan Turing, Émile Zola and 2 more · lab',
      note: 'Daily Papers of 2026-06-01 · 1 upvote',
    },
    { title: 'Other' },
  ])
})

describe('Slack', () => {
  test('gets a section for each paper, in which nothing of a paper is a link or a mention', () => {
    const nasty = anEvent({ title: 'Is <!channel> & <@U1> > a|b?', abstract: '<https://evil.test|click>' })
    expect(slackCards(cardsOf([nasty]))).toEqual({
      text: '1 paper: Is &lt;!channel&gt; &amp; &lt;@U1&gt; &gt; a|b?',
      blocks: [
        {
          type: 'section',
          text: {
            ...{ type: 'mrkdwn', verbatim: true },
            text: [
              '<https://huggingface.co/papers/2606.00001|Is &lt;!channel&gt; &amp; &lt;@U1&gt; &gt; a|b?>',
              'Ada Lovelace, Alan Turing, Émile Zola and 2 more · lab',
              '&lt;https://evil.test|click&gt;',
              'Daily Papers of 2026-06-01 · 1 upvote',
            ].join('\n'),
          },
        },
      ],
      ...{ unfurl_links: false, unfurl_media: false },
    })
    expect(slackText('<!here>')).toMatchObject({ text: '&lt;!here&gt;' })
  })
})

describe('Discord', () => {
  test('gets an embed for each paper, in which nothing of a paper is markup, a link or a mention', () => {
    const nasty = anEvent({ title: '**@everyone** <@1> `x_y`', abstract: '[click](https://evil.test)' })
    expect(discordCards(cardsOf([nasty]))).toEqual({
      content: '1 paper',
      embeds: [
        {
          title: '\\*\\*\\@everyone\\*\\* \\<\\@1\\> \\`x\\_y\\`',
          url: 'https://huggingface.co/papers/2606.00001',
          description:
            'Ada Lovelace, Alan Turing, Émile Zola and 2 more · lab\n\\[click\\]\\(https\\://evil.test\\)',
          footer: { text: 'Daily Papers of 2026-06-01 · 1 upvote' },
        },
      ],
      allowed_mentions: { parse: [] },
    })
    expect(discordText('@everyone')).toMatchObject({
      content: '\\@everyone',
      allowed_mentions: { parse: [] },
    })
  })
})

test('whatever papers hold, messages stay within the limits of the services and are well-formed', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 5_000 })
  const title = fc.oneof(
    text,
    fc.constant('<&>'.repeat(400)),
    fc.constant('*_'.repeat(400)),
    fc.constant('𝒪'.repeat(900)),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(title, title, title), { minLength: 1, maxLength: 10 }), (papers) => {
      const cards = cardsOf(
        papers.map(([name, abstract, other], id) =>
          anEvent({
            ...{ id: String(id), title: `T${name}`, abstract },
            authors: { nodes: [{ name: other }, { name: `${other}<!here>@everyone` }] },
            organization: { name: other },
          }),
        ),
      )
      const slack = json(slackCards(cards))
      // Longer ones are split into several messages: https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages
      expect(slack.text.length).toBeLessThanOrEqual(4_000)
      expect(slack.text).not.toMatch(/[<>]/)
      expect(slack.blocks.length).toBeLessThanOrEqual(50)
      for (const { text } of slack.blocks) {
        expect(text.text.length).toBeLessThanOrEqual(3_000)
        expect(text.text.isWellFormed()).toBe(true)
        // One link of ours, and no other.
        expect(text.text.match(/<[^>]*>/g) ?? []).toHaveLength(1)
      }
      const discord = json(discordCards(cards))
      const { embeds } = discord
      expect(discord.content.length).toBeLessThanOrEqual(2_000)
      expect(discord.allowed_mentions).toEqual({ parse: [] })
      expect(embeds.length).toBeLessThanOrEqual(10)
      let sum = 0
      for (const { title, description, footer } of embeds) {
        expect(title.length).toBeLessThanOrEqual(256)
        expect(title.length).toBeGreaterThan(0)
        expect(description.length).toBeLessThanOrEqual(4_096)
        expect(footer.text.length).toBeLessThanOrEqual(2_048)
        expect([title, description, footer.text].every((part) => part.isWellFormed())).toBe(true)
        // Nothing that Markdown takes for a link, a mention or code is left as it was.
        expect(`${title}\n${description}`).not.toMatch(/(?<!\\)(?:\\\\)*[<@`[\]*_~|]/)
        sum += title.length + description.length + footer.text.length
      }
      expect(sum).toBeLessThanOrEqual(6_000)
    }),
    { numRuns: 50 },
  )
})

test('a text is cut between characters, and only if it is too long', () => {
  const same = (value: string) => value
  expect([fitted('short', 5, same), fitted('too long', 5, same), fitted('𝒪𝒪𝒪', 4, same)]).toEqual([
    'short',
    'too…',
    '𝒪…',
  ])
})

describe('a chat', () => {
  const app = useTestApp({ ...webhookSettings, WEBHOOK_GATHER_SECONDS: '4' })
  let token = ''
  beforeAll(async () => {
    token = await adminToken(app.db)
  })

  const list = async (from: number, to: number) => {
    const records = Array.from({ length: to - from + 1 }, (_, index) =>
      aRecord({ arxivId: arxivId(from + index), title: `Paper ${from + index}` }),
    )
    const reading = aReading('2026-06-01', '2026-06-16T12:00:00.000Z', records)
    await plant(app.db, reading.records)
  }

  test('gets listings alone, ten in a message at once, and fewer after they have waited for others', async () => {
    await using receiver = await startReceiver()
    const slack = await createWebhook(app, token, { url: `${receiver.url}/slack`, format: 'SLACK' })
    const discord = await createWebhook(app, token, { url: `${receiver.url}/discord`, format: 'DISCORD' })
    expect([slack.webhook.status, discord.webhook.status]).toEqual(['ACTIVE', 'ACTIVE'])
    const greeting = expect.stringContaining('Daily Papers will post papers here')
    expect(receiver.received.map(({ json }) => json)).toMatchObject([
      { text: greeting },
      { content: greeting },
    ])
    await list(1, 2)
    await list(3, 4)
    const [together] = await receiver.accepts(1, '/slack')
    expect(together?.json.blocks).toHaveLength(4)
    await receiver.accepts(1, '/discord')
    await list(5, 17)
    const messages = await receiver.accepts(3, '/discord')
    expect(messages.map(({ json }) => json.embeds.length)).toEqual([4, 10, 3])
  })
})
