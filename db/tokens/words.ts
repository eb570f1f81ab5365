/**
 * Words that say nothing of a paper and are not searched for: those of Snowball's English list without `few` and `off`,
 * which begin names here (`few-shot`, `off-policy`), and what addresses begin with.
 */
const stopWords = new Set(
  (
    'i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself they them their theirs themselves ' +
    'what which who whom this that these those am is are was were be been being have has had having do does did doing a an the and but if or because as until while ' +
    'of at by for with about against between into through during before after above below to from up down in out on over under again further then once ' +
    'here there when where why how all any both each more most other some such no nor not only own same so than too very s t can will just don should now http https www'
  ).split(' '),
)

export function isStopWord(word: string): boolean {
  return stopWords.has(word)
}

/**
 * First parts of compounds that are written in all three ways, `fine-tuning`, `fine tuning` and `finetuning`. Two words
 * of which the first is one of these are stored as one word too, so that the third spelling finds the second.
 */
const combiningForms = new Set(
  (
    'pre post multi fine audio video auto cross inter intra sub super meta self non semi hyper micro macro mini mono uni bi tri omni pseudo quasi anti counter ' +
    'zero one two few low high long short open real time data text image speech voice photo spatio key feed back up down over under off co re de un ' +
    'view way point frame ground test code base work flow trade break deep world chat web point line bench'
  ).split(' '),
)

export function isCombiningForm(word: string): boolean {
  return combiningForms.has(word)
}

/** Words that say nothing by themselves and begin or end compounds: `on-policy`, `in-context`, `underexplored`, `speed-up`. */
const leadingParticles = new Set('in on from under over up down out off'.split(' '))
const trailingParticles = new Set('up down out off'.split(' '))

export function isLeadingParticle(word: string): boolean {
  return leadingParticles.has(word)
}

export function isTrailingParticle(word: string): boolean {
  return trailingParticles.has(word)
}
