/** An event as `/feed` sends it, as far as a chat shows it. */
export interface ChatEvent {
  readonly type: 'PaperIngested' | 'PaperUpdated' | 'PaperListed' | 'PaperWithdrawn'
  readonly editionDate?: string
  readonly paper: {
    readonly id: string
    readonly title: string
    readonly abstract: string | null
    readonly aiSummary: string | null
    readonly authorCount: number
    readonly authors: { readonly nodes: readonly { readonly name: string }[] }
    readonly upvotes: number
    readonly organization: { readonly name: string } | null
    readonly pageUrl: string | null
    readonly arxivUrl: string | null
  }
}

/** What a chat shows of a paper: plain text that is yet to be escaped. */
export interface PaperCard {
  readonly title: string
  /** Null for a paper that no page shows. */
  readonly url: string | null
  readonly authors: string
  readonly summary: string
  /** What happened, and the votes. */
  readonly note: string
}

/** Each paper once, with what happened to it last, in the order of the events. */
export function cardsOf(events: readonly ChatEvent[]): PaperCard[] {
  const last = new Map(events.map((event) => [event.paper.id, event]))
  return [...last.values()].map((event) => {
    const { paper } = event
    const names = paper.authors.nodes.slice(0, 3).map(({ name }) => name)
    const others = paper.authorCount - names.length
    const from = paper.organization ? ` · ${paper.organization.name}` : ''
    return {
      title: oneLine(paper.title),
      url: paper.pageUrl ?? paper.arxivUrl,
      authors: names.join(', ') + (others > 0 ? ` and ${others} more` : '') + from,
      summary: oneLine(paper.aiSummary ?? paper.abstract ?? ''),
      note: `${happened(event)} · ${paper.upvotes} ${paper.upvotes === 1 ? 'upvote' : 'upvotes'}`,
    }
  })
}

function happened({ type, editionDate }: ChatEvent): string {
  switch (type) {
    case 'PaperListed':
      return `Daily Papers of ${editionDate}`
    case 'PaperIngested':
      return 'New'
    case 'PaperUpdated':
      return 'Updated'
    case 'PaperWithdrawn':
      return 'Withdrawn'
  }
}

/** What the messages say above the papers, e.g. "3 papers". */
export function headline(cards: readonly PaperCard[]): string {
  return cards.length === 1 ? '1 paper' : `${cards.length} papers`
}

/** Text as a service wants it, cut so that it has at most `limit` characters when it is escaped. */
export function fitted(text: string, limit: number, escaping: (text: string) => string): string {
  let characters = [...text].slice(0, limit)
  for (;;) {
    const isWhole = characters.length === [...text].length
    const escaped = escaping(isWhole ? text : `${characters.join('').trimEnd()}…`)
    if (escaped.length <= limit) return escaped
    characters = characters.slice(0, characters.length - Math.ceil((escaped.length - limit) / 6))
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
