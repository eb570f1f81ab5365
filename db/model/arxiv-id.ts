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
