import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { recordPapers } from '../../db/writer/index.ts'
import { query, useTestApp } from '../support/app.ts'
import { becomesTrue, runDigest, subscribed } from '../support/digest.ts'
import { exchange } from '../support/exchange.ts'
import { openMailbox } from '../support/mailbox.ts'
import { aRecord } from '../support/records.ts'
import { startReceiver } from '../support/webhook-receiver.ts'
import { adminToken, createWebhook, webhookSettings } from '../support/webhooks.ts'

// Its own digest would go by the clock of the machine.
const app = useTestApp({ ...webhookSettings, DIGEST: 'off', CLIENT_POINTS: '0' })
let token = ''
beforeAll(async () => {
  token = await adminToken(app.db)
})

const dayMs = 86_400_000
const words = ['diffusion', 'agents', 'speech', 'robots', 'proofs']
const some = <Value>(...values: Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined })

const filters = fc
  .record({
    text: some('diffusion', 'speech or robots', '-agents', '"on proofs"', 'nothing like that'),
    keywords: some(['sparsity'], ['routing', 'sparsity']),
    minUpvotes: some(1, 3),
    hasCode: some(true, false),
  })
  .map((filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)))

const papers = fc.record({
  word: fc.constantFrom(...words),
  keyword: fc.constantFrom('sparsity', 'routing', 'scaling'),
  upvotes: fc.integer({ min: 0, max: 4 }),
  hasCode: fc.boolean(),
  day: fc.integer({ min: 1, max: 28 }),
})

const plans = fc.record({
  /** One of all papers is among them. */
  filters: fc.array(filters, { minLength: 2, maxLength: 2 }).map((some) => [{}, ...some]),
  /** Papers that come together; a day is between them. */
  batches: fc.array(fc.array(papers, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 4 }),
})

test('mails, webhooks and feed entries of an interval have the papers that the query of the same filter has', async () => {
  await using mailbox = await openMailbox()
  await using receiver = await startReceiver()
  await using digest = await runDigest(app.db, mailbox)
  let run = 0
  const seen: number[] = []
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      run += 1
      const month = `20${10 + run}-06`
      const before = { editionFrom: `${month}-01`, editionTo: `${month}-28` }
      const doors = plan.filters.map((filter, index) => ({
        filter,
        address: `reader${index}.${run}@example.org`,
        path: `/${run}/${index}`,
      }))
      for (const { filter, address, path } of doors) {
        await subscribed(app.db, mailbox, address, digest, { filter })
        await createWebhook(app, token, { url: receiver.url + path, kinds: ['LISTED'], filter })
      }
      const { feedPosition } = await query<{ feedPosition: string }>(app, '{ feedPosition }')

      for (const [batch, listed] of plan.batches.entries()) {
        const records = listed.map(({ word, keyword, upvotes, hasCode, day }, index) => {
          const date = `${month}-${String(day).padStart(2, '0')}`
          return aRecord({
            ...{ arxivId: `${10 + run}06.${10_000 + batch * 100 + index}`, upvotes, keywords: [keyword] },
            title: `Paper ${run}.${batch}.${index} on ${word}`,
            ...(hasCode && { githubRepo: 'https://github.com/a/b' }),
            listing: { date, submitter: { name: 'akhaliq' } },
          })
        })
        await recordPapers(app.db, { source: 'huggingface', records })
        digest.advance(dayMs)
        await mailsAreSent(digest.clock.now())
      }
      await webhooksAreTold()

      for (const { filter, address, path } of doors) {
        const asked = await query<{ papers: { nodes: { title: string }[] } }>(
          app,
          'query ($filter: PaperFilter) { papers(filter: $filter, first: 100) { nodes { title } } }',
          { filter: { ...filter, ...before } },
        )
        const wanted = asked.papers.nodes.map(({ title }) => title).toSorted()
        const mails = mailbox.received.filter(({ to }) => to[0] === address)
        const mailed = mails.flatMap(({ mail }) => mail.text?.match(/^Paper \d+\.\d+\.\d+ on \w+$/gm) ?? [])
        expect(mailed.toSorted()).toEqual(wanted)
        const delivered = receiver.accepted.filter((one) => one.path === path)
        expect(delivered.map(({ json }) => json.data.paper.title).toSorted()).toEqual(wanted)
        const params = new URLSearchParams({ after: feedPosition, n: '200' })
        params.set('filter', JSON.stringify({ ...filter, editionFrom: before.editionFrom }))
        const feed = await exchange(app, { target: `/feeds/papers.json?${params}` })
        const { items } = JSON.parse(feed.text) as { items: { title: string }[] }
        expect(items.map(({ title }) => title).toSorted()).toEqual(wanted)
        seen.push(wanted.length)
      }
    }),
    { numRuns: 5 },
  )
  expect(Math.max(...seen)).toBeGreaterThan(1)
}, 300_000)

function mailsAreSent(now: Date): Promise<void> {
  return becomesTrue(async () => {
    const { rows } = await sql<{ busy: boolean }>`
      select exists (select from mail_delivery where sent_at is null and skipped_at is null and failed_at is null)
        or exists (select from mail_subscriber where next_due_at <= ${now}) as busy`.execute(app.db)
    return rows[0]?.busy === false
  })
}

function webhooksAreTold(): Promise<void> {
  return becomesTrue(async () => {
    const { rows } = await sql<{ behind: boolean }>`
      select exists (select from webhook, feed where position <> head) as behind`.execute(app.db)
    return rows[0]?.behind === false
  })
}
