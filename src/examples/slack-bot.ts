import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { followFeed } from '../client/follow.ts'

/**
 * Posts each new paper to a channel of Slack (or of Mattermost and others that take the same), each once in order:
 * node src/examples/slack-bot.ts http://localhost:4000/graphql https://hooks.slack.com/services/… seen.cursor
 */
const [url, webhook, state] = process.argv.slice(2)
if (!url || !webhook || !state) {
  console.error(
    'Pass the GraphQL endpoint, the address of an incoming webhook of Slack, and a file for the cursor.',
  )
  process.exit(1)
}

const after = existsSync(state) ? readFileSync(state, 'utf8').trim() : undefined
const events = followFeed({
  ...{ url, after, kinds: ['INGESTED'] },
  onLost: (reason, retryInMs) => console.error(`${reason} Retrying in ${retryInMs} ms.`),
  onGap: console.error,
  // What is kept is the cursor of what Slack has taken.
  onCursor(cursor) {
    writeFileSync(`${state}.new`, cursor)
    renameSync(`${state}.new`, state)
  },
})
for await (const { paper } of events) {
  const link = paper.pageUrl ? `<${paper.pageUrl}|${escaped(paper.title)}>` : escaped(paper.title)
  await post(webhook, `${link}\n${paper.authors.nodes.map(({ name }) => escaped(name)).join(', ')}`)
}

/** Slack takes about one message a second, and says when it is too many. */
async function post(address: string, text: string): Promise<void> {
  for (;;) {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    }).catch((error: unknown) => console.error('Slack cannot be reached.', error))
    if (response?.ok) return
    if (response && response.status !== 429 && response.status < 500)
      throw new Error(`Slack refuses the message (${response.status}): ${await response.text()}`)
    await sleep(1000 * Number(response?.headers.get('retry-after') ?? 5))
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
