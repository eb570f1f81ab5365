import type { Generated } from 'kysely'

/** A term that tells a paper from others; kept by db/writer/related-terms.ts, for finding related papers. */
export interface PaperTermTable {
  paper_id: number
  /** How much of the paper is about it, in hundredths: BM25F without the rarity of the term. */
  weight: number
  term: string
}

/** How rare a term is among all papers, ln(1 + papers / papers with it), if it is not among the rarest. */
export interface TermRarityTable {
  term: string
  rarity: number
}

/** The last count of how rare terms are. One row. */
export interface TermCensusTable {
  only: Generated<boolean>
  /** The rarity of every term without one of its own. */
  rarest: number
  /** The greatest key of a paper at that time. */
  up_to: number
}

/** How far the terms of all papers are those of a version of db/tokens. One row. */
export interface SearchBuildTable {
  only: Generated<boolean>
  version: number
  /** The key of the last paper whose terms were made anew; null when all are. */
  built_to: number | null
}

/** A word of some title, folded; kept by triggers, for repairing searches that find nothing. */
export interface WordTable {
  word: string
}

/** The same of a name of some author. */
export interface NameWordTable {
  word: string
}

/** A spelling of an acronym with a spelling of what it stands for: see db/model/acronyms.ts. */
export interface AcronymTable {
  /** The acronym as `acronymKey` folds it. */
  key: string
  /** The long form as `longFormKey` folds it. */
  long_key: string
  acronym: string
  /** In lower case. */
  long_form: string
  /** Papers that define it so. */
  papers: number
}

/** One row: the papers up to this id are counted in `acronym`; null for all. */
export interface AcronymBuildTable {
  built_to: number | null
}
