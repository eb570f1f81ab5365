import type { PaperRecord, SourceName } from '../../model/record.ts'

/** Whose word a record is. A saved response of the Hugging Face API speaks for Hugging Face. */
export type Voice = 'arxiv' | 'huggingface' | 'client' | 'page'

export const voiceOf: Record<SourceName, Voice> = {
  arxiv: 'arxiv',
  huggingface: 'huggingface',
  json: 'huggingface',
  client: 'client',
  page: 'page',
}

export type FieldName = Exclude<keyof PaperRecord, 'observedAt' | 'arxivId' | 'listing'>

export interface Rule {
  /** Who may speak on the field, best first. */
  voices: readonly Voice[]
  /** `best`: the best voice wins, among its words the newest. `newest`: the newest word wins, whoever spoke. */
  wins: 'best' | 'newest'
  /** The authority whose silence clears the field; without one, silence never clears. */
  clearedBy: Voice | null
}

const best = (voices: readonly Voice[], clearedBy: Voice | null = null): Rule => ({
  voices,
  wins: 'best',
  clearedBy,
})
const newest = (voices: readonly Voice[], clearedBy: Voice | null = null): Rule => ({
  voices,
  wins: 'newest',
  clearedBy,
})

/**
 * The one table that says which source wins. arXiv is the authority on what a paper says, Hugging Face on what
 * its community did with it; a client may fill what they leave open; a captured page comes last. What is counted
 * follows the newest observation. Two different words of one voice at one instant: the greater value wins, so
 * that the order of arrival never matters.
 */
export const rules: Record<FieldName, Rule> = {
  title: best(['arxiv', 'huggingface', 'client', 'page']),
  abstract: best(['arxiv', 'huggingface', 'client', 'page']),
  publishedAt: best(['arxiv', 'huggingface', 'client', 'page']),
  authors: best(['huggingface', 'arxiv', 'client']),
  authorCount: best(['client', 'page']),

  upvotes: newest(['huggingface', 'client']),
  commentCount: newest(['huggingface', 'client', 'page']),
  githubStars: newest(['huggingface', 'client'], 'huggingface'),

  organization: best(['huggingface', 'client'], 'huggingface'),
  aiSummary: best(['huggingface', 'client'], 'huggingface'),
  aiSummaryModel: best(['huggingface', 'client'], 'huggingface'),
  keywords: best(['huggingface', 'client'], 'huggingface'),
  githubRepo: best(['huggingface', 'client'], 'huggingface'),
  githubRepoAddedBy: best(['huggingface', 'client'], 'huggingface'),
  projectPage: best(['huggingface', 'client'], 'huggingface'),
  thumbnailUrl: best(['huggingface', 'client'], 'huggingface'),
  mediaUrls: best(['huggingface', 'client'], 'huggingface'),
  discussionId: best(['huggingface', 'client'], 'huggingface'),
  authorParticipating: best(['huggingface', 'client'], 'huggingface'),

  doi: best(['arxiv', 'client'], 'arxiv'),
  journalRef: best(['arxiv', 'client'], 'arxiv'),
  comment: best(['arxiv', 'client'], 'arxiv'),
  primaryCategory: best(['arxiv', 'client'], 'arxiv'),
  categories: best(['arxiv', 'client'], 'arxiv'),
  arxivVersion: best(['arxiv', 'client']),
  revisedAt: best(['arxiv', 'client']),
  withdrawnAt: best(['arxiv', 'huggingface', 'client'], 'huggingface'),
}

export const fieldNames = Object.keys(rules) as FieldName[]

/** Whether `voice` can say something on `field`. */
export function maySpeak(voice: Voice, field: FieldName): boolean {
  return rules[field].voices.includes(voice)
}
