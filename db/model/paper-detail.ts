import type { AccountRecord } from './profile.ts'

/** What the call for a single paper says beyond the paper itself. An absent property means that it does not say. */
export interface PaperDetail {
  arxivId: string
  /** ISO instant. A newer reading replaces what it gives; the rest stays. */
  readAt: string
  models?: LinkedRepositories
  datasets?: LinkedRepositories
  spaces?: LinkedRepositories
  /** Without those that are hidden. */
  comments?: CommentRecord[]
}

export interface LinkedRepositories {
  /** All there are; the list may have the first of them only. */
  count?: number
  list: LinkedRepository[]
}

/** A repository on Hugging Face whose card links the paper; null where the source does not say. */
export interface LinkedRepository {
  /** With its owner: `deepseek-ai/DeepSeek-R1`. */
  name: string
  likes: number | null
  downloads: number | null
  /** What a model is for: `text-generation`. */
  task: string | null
  /** One line, of a Space. */
  description: string | null
  /** ISO instant. */
  updatedAt: string | null
}

export interface CommentRecord {
  id: string
  author?: AccountRecord
  /** Markdown. */
  text: string
  createdAt: string
  edited: boolean
  /** The id of the comment that it answers. */
  replyTo?: string
  reactions: number
}

/** Votes on another site, in a record of a client. */
export interface SiteVotes {
  site: string
  votes: number
}

/** Of each list of one paper. */
export const mostLinked = 100
export const mostComments = 100
export const mostSites = 20
