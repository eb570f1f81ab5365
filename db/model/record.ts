import type { PaperDetail, SiteVotes } from './paper-detail.ts'
import type { ColumnFieldName, FieldValue } from './paper-fields.ts'
import type { AccountRecord, OrganizationRecord } from './profile.ts'

/** What a source yields, validated, before it meets the database. Texts are in the form of `foldSpace`. */

export const sourceNames = ['huggingface', 'arxiv', 'page', 'json', 'client'] as const
export type SourceName = (typeof sourceNames)[number]

type Given = { [Name in ColumnFieldName]?: FieldValue<Name> }

/**
 * What one source says of one paper at one moment: the fields of paper-fields.ts and what identifies the paper. An
 * absent property means that the source does not say; the rules of that table decide whether that clears what an
 * earlier record said.
 */
export interface PaperRecord extends Given {
  /** When the source said so (ISO instant): the newer record wins, whatever the order in which records arrive. */
  observedAt: string
  /** Without a version, e.g. `2505.11711` or `hep-th/9901001`. */
  arxivId?: string
  /** Line breaks and runs of spaces folded to one space; LaTeX and angle brackets as they are. */
  title: string
  publishedAt: string
  /** In order. */
  authors?: AuthorRecord[]
  authorCount?: number
  organization?: OrganizationRecord
  /** The edition on which the source saw it. */
  listing?: ListingRecord
  /** On other sites than Hugging Face. */
  votes?: SiteVotes[]
  /** Whether the source leaves out fields that it may know: what is absent then says nothing. */
  partial?: boolean
}

export interface AuthorRecord {
  name: string
  account?: AccountRecord
  claimStatus?: string
  claimChangedAt?: string
  hidden?: boolean
}

export interface ListingRecord {
  /** The edition's day, `YYYY-MM-DD`. */
  date: string
  submitter?: AccountRecord
  /** ISO instant, where the source gives the time of day. */
  submittedAt?: string
}

/** An item that a source could not turn into a record; the others of its input are kept. */
export interface Rejection {
  /** Where in the input: "line 61", "item 3", "2026-06-16.json item 3". */
  position: string
  /** Which part of the item, e.g. `paper.authors.0.name`; absent when it is the whole. */
  path?: string
  /** A sentence for the person who has to repair the input. */
  reason: string
}

/** What a source makes of some bytes. */
export interface Reading {
  records: PaperRecord[]
  rejections: Rejection[]
  /** Editions of which these records are all that the source listed at `readAt`. */
  editions: EditionReadingRecord[]
  /** How many papers a source listed on editions, readable or not. */
  counts?: EditionCount[]
  /** What calls for single papers gave beyond the records. */
  details?: PaperDetail[]
  /** What its reader should know though nothing is lost. */
  notices?: Notice[]
}

/** A sentence on how an input was understood. */
export interface Notice {
  /** Where in the input: "line 11". */
  position: string
  message: string
}

export interface EditionCount {
  date: string
  countedAt: string
  expected: number
}

export interface EditionReadingRecord {
  date: string
  readAt: string
}
