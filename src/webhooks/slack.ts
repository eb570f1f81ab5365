import { fitted, headline, type PaperCard } from './paper-cards.ts'

/** Of the 3,000 that Slack takes in a section. */
const longest = { title: 300, authors: 200, summary: 500, text: 2_000 }

/**
 * The three characters that mean something to Slack. Without them nothing is a link or a mention, `<!channel>` among
 * them. https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A message of an incoming webhook. https://docs.slack.dev/reference/messaging/payload */
export function slackText(text: string): object {
  return { text: fitted(text, longest.text, escapeSlack), ...quiet }
}

export function slackCards(cards: readonly PaperCard[]): object {
  const titles = cards.map(({ title }) => title).join('; ')
  return {
    // For notifications, which show no blocks.
    text: fitted(`${headline(cards)}: ${titles}`, longest.text, escapeSlack),
    blocks: cards.map((card) => ({
      type: 'section',
      text: { type: 'mrkdwn', text: section(card), verbatim: true },
    })),
    ...quiet,
  }
}

const quiet = { unfurl_links: false, unfurl_media: false }

function section({ title, url, authors, summary, note }: PaperCard): string {
  const shown = fitted(title, longest.title, escapeSlack)
  // What ends an address in a link is percent-encoded.
  const head = url === null ? shown : `<${escapeSlack(new URL(url).href.replaceAll('|', '%7C'))}|${shown}>`
  return [
    head,
    fitted(authors, longest.authors, escapeSlack),
    fitted(summary, longest.summary, escapeSlack),
    escapeSlack(note),
  ]
    .filter((line) => line !== '')
    .join('\n')
}
