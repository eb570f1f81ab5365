const modern = /\d{4}\.\d{4,5}/
const old = /[a-z-]+(?:\.[A-Z]{2})?\/\d{7}/
const id = `(${modern.source}|${old.source})(?:v\\d+)?`

/** An id alone, with `arXiv:`, as the DOI that arXiv gives it, or at the end of an address of arXiv, Hugging Face or alphaXiv. */
const written = new RegExp(
  `^(?:arxiv:\\s*|(?:https?://(?:dx\\.)?doi\\.org/|doi:\\s*)?10\\.48550/arxiv\\.|${[
    String.raw`(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html|format|e-print)/`,
    String.raw`(?:https?://)?(?:www\.)?huggingface\.co/papers/`,
    String.raw`(?:https?://)?(?:www\.)?alphaxiv\.org/(?:abs|overview)/`,
  ].join('|')})?${id}(?:\\.pdf|\\.md)?/?(?:[?#].*)?$`,
  'i',
)

/**
 * The arXiv id, without a version, that a text is; undefined where it is something else. Takes what people paste:
 * `2505.11711v2`, `arXiv:2505.11711`, `https://arxiv.org/pdf/2505.11711`, `https://huggingface.co/papers/2505.11711`.
 */
export function arxivIdOf(text: string): string | undefined {
  const found = written.exec(text.trim())?.[1]
  if (found === undefined) return undefined
  const [archive, number] = found.split('/')
  if (number === undefined || archive === undefined) return found
  // Old ids are case-sensitive in one place: `math.GT/0309136`.
  const [group, subject] = archive.split('.')
  return `${group?.toLowerCase()}${subject ? `.${subject.toUpperCase()}` : ''}/${number}`
}
