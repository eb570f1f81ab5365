/** A name of an author as citation styles need it: the parts of a person's name, or the whole of a group's. */
export type CitedName =
  | { readonly group: string }
  | {
      readonly first: string
      /** Written small before the last name: "van der". */
      readonly particle: string
      readonly last: string
      /** "Jr.", "III". */
      readonly suffix: string
    }

/** Words that no person's name has, in any place of a name. */
const ofGroups = new RegExp(
  `^(.*teams?|and|&|for|collaborations?|consortium|initiatives?|community|labs?|laborator(y|ies|io)|laboratoire|` +
    'institutes?|institut[eo]?|intelligence|workshop|telecom|universit(y|ies|é|ät|à|e|eit)|universi(dad|dade|tas)|' +
    'school|research|researchers|robotics|' +
    'foundation|corporation|corp|company|technolog(y|ies)|systems|sciences?|academy|college|department|center|centre|' +
    'committee|council|networks?|project|llm|mllm|nlp|agi|csail|organi[sz]ation|association|alliance|society|' +
    'contributors|developers|authors|group|' +
    'inc|ltd|llc|gmbh|plc)$',
  'iu',
)

/** Words that end the name of a group, and are surnames elsewhere. `Ai` is a surname too. */
const endsGroups = /^(AI|ai|Seed)$/

/** Companies whose names are no given names, as Huawei and Xiaomi are. */
const companies = new RegExp(
  '^(adobe|alibaba|amazon|anthropic|baidu|bytedance|deepmind|deepseek|eth|google|hugging|huggingface|ibm|kuaishou|' +
    'meituan|microsoft|mistral|moonshot|nvidia|openai|salesforce|samsung|tencent|xiaohongshu|yandex|zhipu)$',
  'i',
)

/** The article begins the name of a group, unless it is the Vietnamese given name. */
const article =
  /^the (?!(anh|cuong|duc|dung|hai|hoang|huy|hung|long|minh|nam|phong|quang|son|thanh|trung|viet|vinh) )/i

function isGroup(name: string): boolean {
  const words = wordsOf(name)
  if (words.length < 2) return false
  if (/\d/.test(name) || article.test(name)) return true
  if (words.some((word) => ofGroups.test(word)) || companies.test(words[0] ?? '')) return true
  // In a name of capitals alone, "AI" may be a surname.
  return endsGroups.test(words.at(-1) ?? '') && name !== name.toUpperCase()
}

/** The parts between spaces and hyphens, without the signs around them. */
function wordsOf(name: string): string[] {
  return name
    .split(/[\s-]+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}&]+|[^\p{L}\p{N}&]+$/gu, ''))
    .filter(Boolean)
}

/**
 * The parts of a name, which is in the order in which it is spoken. A name with a comma is kept whole, as one with the
 * last name in front cannot be told from a list.
 */
export function citedName(written: string): CitedName {
  // TeX's fixed space.
  const name = written.replaceAll('~', ' ').replace(/\s+/g, ' ').trim()
  const { person, suffix } = withoutSuffix(name)
  if (person.includes(',') || /^others$/i.test(person) || isGroup(person)) return { group: name }
  const [, first = '', particle = '', last = person] = /^(.+?) ((?:\p{Ll}\S* )*)(\S+)$/u.exec(person) ?? []
  return { first, particle: particle.trim(), last, suffix }
}

function withoutSuffix(name: string): { person: string; suffix: string } {
  const [, person = name, suffix = ''] = /^(.+? .+?),? (Jr\.?|Sr\.?|II|III|IV)$/.exec(name) ?? []
  return person.includes(',') ? { person: name, suffix: '' } : { person, suffix }
}

/** The word by which an author is known: the last name, or the first word of a group that says something. */
export function keyWord(name: CitedName): string {
  if ('last' in name) return name.last
  const words = name.group.split(/[\s,-]+/).filter(Boolean)
  return (
    words.find((word) => !ofGroups.test(word) && !/^(the|of|de|du|des|der)$/i.test(word)) ?? words[0] ?? ''
  )
}
