import { fitted, headline, type PaperCard } from './paper-cards.ts'

/** Discord takes 256 and 4,096 characters, 10 embeds, and 6,000 characters in all embeds of a message. */
const longest = { title: 200, authors: 100, summary: 220, note: 50, text: 1_900 }

/** Characters with which Markdown of Discord, mentions, channels, emoji and masked links begin. */
function escapeDiscord(text: string): string {
  return text.replace(/[\\*_~`|<>[\]()#@:-]/g, '\\$&')
}

/** A message of a webhook that mentions nobody. https://discord.com/developers/docs/resources/webhook#execute-webhook */
export function discordText(text: string): object {
  return { content: fitted(text, longest.text, escapeDiscord), ...quiet }
}

export function discordCards(cards: readonly PaperCard[]): object {
  return {
    content: headline(cards),
    embeds: cards.map(({ title, url, authors, summary, note }) => ({
      title: fitted(title, longest.title, escapeDiscord),
      ...(url !== null && { url: new URL(url).href }),
      description: [
        fitted(authors, longest.authors, escapeDiscord),
        fitted(summary, longest.summary, escapeDiscord),
      ]
        .filter((line) => line !== '')
        .join('\n'),
      // A footer is plain text.
      footer: { text: fitted(note, longest.note, (text) => text) },
    })),
    ...quiet,
  }
}

const quiet = { allowed_mentions: { parse: [] } }
