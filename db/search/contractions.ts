/** Words of which nothing is stored, as they are made of stop words, once they have their apostrophe. */
const contractions = new Map(
  "don't can't what's that's how's who's there's here's where's why's"
    .split(' ')
    .map((word) => [word.replace("'", ''), word]),
)
const words = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${[...contractions.keys()].join('|')})(?![\\p{L}\\p{N}])`,
  'giu',
)

/** A text with the apostrophes that its contractions were typed without: `dont look twice`. Undefined if it has none. */
export function withApostrophes(text: string): string | undefined {
  const spelled = text.replace(words, (word) => contractions.get(word.toLowerCase()) ?? word)
  return spelled === text ? undefined : spelled
}
