import type { Card, Count, OpenCard } from './card.ts'

/**
 * Gives each card its comments. A number after a date is the comment count of the card above where it stands right
 * behind the date, and the vote of the card below where the page shows votes: one number, or "-", before each
 * title. Where it could be either, nobody gets it.
 */
export function withCounts(cards: OpenCard[], below: Count[], headed: boolean): Card[] {
  // A title that is a number: what follows it is the abstract alone.
  for (const card of cards) {
    const title = card.above.at(-1)
    if (!title || title.role || !/\d/.test(title.text) || card.paragraphs.length !== 1) continue
    if (card.paragraphs[0]?.length === 1 && (card.authors || card.date)) {
      card.above.pop()
      card.paragraphs.unshift([title])
    }
  }
  const [first, ...others] = cards
  const everyOther = others.length > 0 && others.every(({ above }) => above.length > 0)
  const page: CountStyle = {
    voted:
      cards.some(({ above }) => above.some(({ text }) => !/\d/.test(text))) ||
      (first?.above.length ?? 0) > 0 ||
      (!headed && others.length > 1 && everyOther),
    votesAlone:
      cards.every(({ above }) => above.length > 0) || cards.some(({ comments }) => comments !== undefined),
    unclear: !headed && everyOther,
  }
  return cards.map(({ above: _, ...card }, index) => {
    if (!card.date || card.comments !== undefined) return card
    const next = cards[index + 1]
    const own = ownCount(next ? next.above : below, next === undefined, page)
    if (own === 'unclear') return { ...card, commentsUnclear: true }
    return own?.value === undefined ? card : { ...card, comments: own.value }
  })
}

interface CountStyle {
  /** Whether each title has its votes above it. */
  voted: boolean
  /** Whether a count alone is votes: each title has some, or comment counts stand on the line of the date. */
  votesAlone: boolean
  /** Whether it cannot be told that titles have votes. */
  unclear: boolean
}

function ownCount(
  counts: readonly Count[],
  isLast: boolean,
  { voted, votesAlone, unclear }: CountStyle,
): Count | 'unclear' | undefined {
  const known = counts.find(({ role }) => role === 'comments')
  if (known) return known
  const labelled = counts.some(({ role }) => role === 'votes')
  const [first, ...others] = counts.filter(({ role }) => role === undefined)
  if (!first || !/\d/.test(first.text)) return undefined
  if (labelled || others.length > 0) return first
  const maybeVote = voted || (unclear && !isLast)
  if (!maybeVote) return first
  // After a blank line it belongs to the card below, of which a file that was cut may show no more.
  if (first.afterBlank) return voted && !isLast ? undefined : 'unclear'
  if (isLast) return first
  return votesAlone ? undefined : 'unclear'
}
