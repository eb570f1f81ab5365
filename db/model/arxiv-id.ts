const modern = /\d{4}\.\d{4,5}/
const old = /[a-z-]+(?:\.[A-Z]{2})?\/\d{7}/
const id = `(${modern.source}|${old.source})(?:v\\d+)?`

const exact = new RegExp(`^(${modern.source}|${old.source})(?:v([1-9]\\d{0,3}))?$`)

/** The parts of an id as sources write it, with or without a version; undefined for anything else. */
export function parseArxivId(text: string): { id: string; version?: number } | undefined {
  const [, id, version] = exact.exec(text.trim()) ?? []
  if (id === undefined) return undefined
  return version === undefined ? { id } : { id, version: Number(version) }
}

/** Where papers have pages of their own, up to the id. */
const sites = [
  String.raw`(?:[\w-]+\.)*arxiv\.org/(?:abs|pdf|html|format|e-print|src)/`, // ar5iv.labs, browse, export, www
  String.raw`ar5iv\.org/(?:abs|pdf|html)/`,
  String.raw`(?:www\.)?(?:huggingface\.co|hf\.co)/(?:api/)?papers/`,
  String.raw`(?:www\.)?alphaxiv\.org/(?:abs|pdf|overview)/`,
]

/** An id alone, with `arXiv:`, as the DOI that arXiv gives it, or in an address; and what may come after it. */
const written = new RegExp(
  String.raw`^(?:arxiv[:\s]\s*|(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.|(?:https?://)?(?:${sites.join('|')}))?` +
    String.raw`${id}(?:\.pdf|\.md)?(?:/(?:community)?)?(?:[?#].*|\s+\[[a-z.-]+\]?.*)?$`,
  'i',
)

/** No address of a paper is so long; of a longer text, looking for an end of brackets would take forever. */
const longest = 1000

/** Brackets and quotes around what is pasted, and the stop at its end. */
const around = /^[<([{"'“]+|[>)\]}"'”.,;]+$/gu

/**
 * The arXiv id, without a version, that a text is; undefined where it is something else. Takes what people paste:
 * `2505.11711v2`, `arXiv:2505.11711v2 [cs.LG]`, `https://arxiv.org/pdf/2505.11711`, `(https://hf.co/papers/2505.11711)`.
 */
export function arxivIdOf(text: string): string | undefined {
  if (text.length > longest) return undefined
  const found = written.exec(text.trim().replace(around, ''))?.[1]
  if (found === undefined) return undefined
  const [archive, number] = found.split('/')
  if (number === undefined || archive === undefined) return found
  // Old ids are case-sensitive in one place: `math.GT/0309136`.
  const [group, subject] = archive.split('.')
  return `${group?.toLowerCase()}${subject ? `.${subject.toUpperCase()}` : ''}/${number}`
}

const archives =
  'acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|eess|funct-an|gr-qc|hep-(?:ex|lat|ph|th)|math|math-ph|mtrl-th|nlin|nucl-(?:ex|th)|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|stat|supr-con'

/** An id among words, with its version and with what ties it to a site, an archive or the DOI of arXiv. */
const amongWords = new RegExp(
  String.raw`(?<![\w.-]|(?:^|\s)-\S*)(?:(?:https?://)?[\w.-]+\.[a-z]+(?:/[\w.-]+)*/|(?:abs|pdf|html|papers|arxiv|${archives})(?:\.[a-z]{2})?/|doi:\s*10\.48550/arxiv\.|10\.48550/arxiv\.|(?:arxiv|id)(?:[:._-]\s*|\s+))?` +
    String.raw`(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|(?:${archives})(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?:\.pdf|\.md)?(?![\w-]|\.\d)`,
  'giu',
)

/** The arXiv ids in a text with other words, each once. A number with a minus before it is none. */
export function arxivIdsIn(text: string): string[] {
  if (text.length > longest) return []
  return [...new Set(Array.from(text.matchAll(amongWords), ([, id = '']) => arxivIdOf(id) ?? id))]
}

/** The same text without them. */
export function withoutArxivIds(text: string): string {
  return text.length > longest ? text : text.replace(amongWords, ' ')
}
