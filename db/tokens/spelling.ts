/** Words of which British and American English differ in more than an ending: the stem each way. */
const pairs: readonly (readonly [british: string, american: string])[] = [
  ['analogue', 'analog'],
  ['artefact', 'artifact'],
  ['behaviour', 'behavior'],
  ['catalogue', 'catalog'],
  ['centre', 'center'],
  ['colour', 'color'],
  ['defence', 'defense'],
  ['dialogue', 'dialog'],
  ['favour', 'favor'],
  ['fibre', 'fiber'],
  ['grey', 'gray'],
  ['humour', 'humor'],
  ['judgement', 'judgment'],
  ['labour', 'labor'],
  ['neighbour', 'neighbor'],
  ['rumour', 'rumor'],
  ['tumour', 'tumor'],
]
const others = new Map(pairs.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]))
const begins = new RegExp(
  `^(${[...others.keys()].toSorted((a, b) => b.length - a.length).join('|')})([a-z]{0,5})$`,
)
/** `optimise`, `optimization`, `analyzer`; of shorter words (`noise`, `prize`), the letters belong to the word. */
const ending =
  /^([a-z]{3,}[aiou]?[b-df-hj-np-tv-z]i|[a-z]{2,}aly)([sz])(e|es|ed|er|ers|ing|able|ation|ations|ational)$/

/** Words that have an s on both sides. */
const alike = /(?:w|v|prec|exerc|conc|exc|prom|pr|gu|expert)is/

/** The British spelling of an American word, and the other way round; undefined for words that all spell alike. */
export function otherSpelling(word: string): string | undefined {
  const [, start, letter, rest] = ending.exec(word) ?? []
  if (start !== undefined && !alike.test(word)) return `${start}${letter === 's' ? 'z' : 's'}${rest}`
  const [, stem = '', end = ''] = begins.exec(word) ?? []
  const other = others.get(stem)
  return other === undefined ? undefined : other + end
}
