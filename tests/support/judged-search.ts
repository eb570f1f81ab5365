import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = join(import.meta.dirname, '../fixtures/search')

/** The papers that the judged searches are about: JSON Lines in the shape of Hugging Face's API, gzipped. */
export const judgedPapers = join(folder, 'papers.jsonl.gz')

/** A search as somebody types it, and which papers of `judgedPapers` are relevant to it. */
export interface JudgedSearch {
  readonly group: string
  readonly text: string
  /** arXiv ids. */
  readonly relevant: ReadonlySet<string>
  /** Whether a rule judged every paper; otherwise a person looked at those that the subject's words occur in. */
  readonly byRule: boolean
}

interface Paper {
  readonly id: string
  readonly text: string
}

interface PaperLine {
  id: string
  title: string
  summary: string
  ai_keywords?: string[]
  authors: { name: string }[]
  organization?: { name: string }
}

/** The searches of tests/fixtures/search/judgements.txt; the file says how it is written. */
export function judgedSearches(): JudgedSearch[] {
  const papers = gunzipSync(readFileSync(judgedPapers)).toString().trim().split('\n').map(readPaper)
  const lines = readFileSync(join(folder, 'judgements.txt'), 'utf8').split('\n')
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, group, text, judgement] = /^(\w+) \| (.+?) \| (.+)$/.exec(line) ?? []
      if (group === undefined || text === undefined || judgement === undefined)
        throw new Error(`Not a judged search: ${line}`)
      const byRule = /^!?\//.test(judgement)
      return {
        group,
        text,
        byRule,
        relevant: new Set(byRule ? idsByRule(judgement, papers) : judgement.split(' ')),
      }
    })
}

function readPaper(line: string): Paper {
  const { id, title, summary, ai_keywords = [], authors, organization }: PaperLine = JSON.parse(line)
  const names = authors.map(({ name }) => name)
  return {
    id,
    text: [title, summary, ...ai_keywords, ...names, `organization: ${organization?.name ?? ''}`].join('\n'),
  }
}

/** The papers that have all patterns of a rule such as `/watermark/i !/video/i`, and none of those after a `!`. */
function idsByRule(rule: string, papers: readonly Paper[]): string[] {
  const patterns = [...rule.matchAll(/(!?)\/((?:\\.|[^/\\])+)\/([a-z]*)/g)].map(
    ([, not, source = '', flags]) => ({ has: not === '', pattern: new RegExp(source, flags) }),
  )
  const fulfils = (paper: Paper) => patterns.every(({ has, pattern }) => pattern.test(paper.text) === has)
  return papers.filter(fulfils).map(({ id }) => id)
}

/** How well searches find what is relevant, each between 0 and 1: the means over the searches of a group. */
export interface SearchQuality {
  readonly searches: number
  /** Searches whose first paper is relevant. */
  readonly successAt1: number
  /** Mean reciprocal rank: 1 / the place of the first relevant paper; 0 where there is none. */
  readonly mrr: number
  /** Normalized discounted cumulative gain of the first ten papers (Järvelin and Kekäläinen, 2002). */
  readonly ndcgAt10: number
  /** Relevant papers that are found, of all that are relevant. */
  readonly recall: number
  /** Papers found that are relevant, of all that are found; of searches judged by a rule that find any. */
  readonly precision: number
}

/** Runs all judged searches. `search` returns the arXiv ids found, the best first. */
export async function measureSearch(
  searches: readonly JudgedSearch[],
  search: (text: string) => Promise<readonly string[]>,
): Promise<Map<string, SearchQuality>> {
  const outcomes: { judged: JudgedSearch; found: readonly string[] }[] = []
  for (const judged of searches) outcomes.push({ judged, found: await search(judged.text) })
  const groups = Map.groupBy(outcomes, ({ judged }) => judged.group)
  return new Map(
    [...groups, ['all', outcomes] as const].map(([group, members]) => [group, qualityOf(members)]),
  )
}

function qualityOf(outcomes: readonly { judged: JudgedSearch; found: readonly string[] }[]): SearchQuality {
  const scores = outcomes.map(({ judged: { relevant, byRule }, found }) => {
    const hits = found.map((id) => relevant.has(id))
    const first = hits.indexOf(true)
    const amount = hits.filter(Boolean).length
    return {
      successAt1: first === 0 ? 1 : 0,
      mrr: first < 0 ? 0 : 1 / (first + 1),
      ndcgAt10:
        gain(hits.slice(0, 10)) / gain(Array.from({ length: Math.min(10, relevant.size) }, () => true)),
      recall: amount / relevant.size,
      precision: byRule && hits.length > 0 ? amount / hits.length : undefined,
    }
  })
  const meanOf = (name: 'successAt1' | 'mrr' | 'ndcgAt10' | 'recall' | 'precision') => {
    const values = scores.map((score) => score[name]).filter((value) => value !== undefined)
    return values.reduce((sum, value) => sum + value, 0) / values.length
  }
  return {
    searches: scores.length,
    successAt1: meanOf('successAt1'),
    mrr: meanOf('mrr'),
    ndcgAt10: meanOf('ndcgAt10'),
    recall: meanOf('recall'),
    precision: meanOf('precision'),
  }
}

function gain(hits: readonly boolean[]): number {
  return hits.reduce((sum, hit, index) => sum + (hit ? 1 / Math.log2(index + 2) : 0), 0)
}
