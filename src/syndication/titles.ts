import type { FeedAddress } from './address.ts'

/** What a feed is called, what it has, and the page that shows the same. */
export interface FeedTitle {
  readonly title: string
  readonly description: string
  /** The path of the page, without a slash at its start. */
  readonly page: string
}

export function titleOf({ kind, date, filter }: FeedAddress): FeedTitle {
  if (kind === 'latest')
    return { title: 'Daily Papers', description: 'Papers as they come onto Daily Papers.', page: '' }
  if (kind === 'editions')
    return {
      title: 'Daily Papers: editions',
      description: 'The list of each day, one entry a day.',
      page: '',
    }
  if (kind === 'edition')
    return {
      title: `Daily Papers of ${date}`,
      description: `The papers of one edition, the last to come onto it first.`,
      page: `editions/${date}`,
    }
  const named = filter ? `: ${described(filter)}` : ''
  if (kind === 'trending')
    return {
      title: `Trending papers${named}`,
      description: 'Papers by their recent upvotes.',
      page: 'trending',
    }
  const text = filter && Object.keys(filter).length === 1 ? filter.text : undefined
  return {
    title: filter ? `Papers${named}` : 'Papers',
    description: filter ? 'Papers as they come to match a filter.' : 'Papers as they are stored.',
    page: typeof text === 'string' ? `search?q=${encodeURIComponent(text)}` : '',
  }
}

/** `sparse attention, authors Ada Lovelace or Alan Turing, hasCode true` */
function described(filter: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(filter)
    .filter(([, value]) => value != null)
    .map(([name, value]) => {
      const shown = Array.isArray(value) ? value.join(' or ') : String(value)
      return name === 'text' ? shown : `${name} ${shown}`
    })
  return parts.join(', ').slice(0, 200)
}
