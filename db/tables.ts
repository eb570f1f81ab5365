import type { ColumnType, Generated, GeneratedAlways, JSONColumnType, Selectable } from 'kysely'
import type { AccessTokenTable } from './access-tables.ts'
import type { EditionCountTable, PaperDetailTable, PaperVoteTable } from './detail-tables.ts'
import type { FeedEventTable, FeedTable } from './feed-tables.ts'
import type { PaperHistoryTable, PaperRevisionTable } from './history-tables.ts'
import type {
  MailDeliveryTable,
  MailKeyTable,
  MailSubscriberTable,
  MailSuppressedTable,
} from './mail-tables.ts'
import type {
  AcronymBuildTable,
  AcronymTable,
  NameWordTable,
  PaperTermTable,
  SearchBuildTable,
  TermCensusTable,
  TermRarityTable,
  WordTable,
} from './search-tables.ts'
import type { EditionReadingTable, SourceTable } from './source-tables.ts'
import type { WebhookAttemptTable, WebhookTable } from './webhook-tables.ts'

/** One interface a table, one property a column; `tests/house/tables.test.ts` compares them with the migrated database. */
export interface Tables {
  access_token: AccessTokenTable
  account: AccountTable
  acronym: AcronymTable
  acronym_build: AcronymBuildTable
  author: AuthorTable
  edition: EditionTable
  edition_count: EditionCountTable
  edition_reading: EditionReadingTable
  feed: FeedTable
  feed_event: FeedEventTable
  keyword: KeywordTable
  lease: LeaseTable
  listing: ListingTable
  mail_delivery: MailDeliveryTable
  mail_key: MailKeyTable
  mail_subscriber: MailSubscriberTable
  mail_suppressed: MailSuppressedTable
  organization: OrganizationTable
  paper: PaperTable
  paper_alias: PaperAliasTable
  paper_author: PaperAuthorTable
  paper_detail: PaperDetailTable
  paper_history: PaperHistoryTable
  paper_keyword: PaperKeywordTable
  search_build: SearchBuildTable
  paper_revision: PaperRevisionTable
  paper_term: PaperTermTable
  paper_vote: PaperVoteTable
  source: SourceTable
  term_census: TermCensusTable
  term_rarity: TermRarityTable
  webhook: WebhookTable
  webhook_attempt: WebhookAttemptTable
  word: WordTable
  name_word: NameWordTable
}

/** An instant, stored to the millisecond in UTC. */
type Instant = ColumnType<Date, Date | string, Date | string>
/** A calendar day, `YYYY-MM-DD`; never a Date, which would drag a time zone in. */
type Day = ColumnType<string, string, string>

/** A work, however many sources describe it. The row holds all that a list of papers shows. */
export interface PaperTable {
  id: Generated<number>
  /** Without a version. Null until a source that knows it has been read. */
  arxiv_id: string | null
  title: string
  /** The title as `titleKey` folds it, for matching papers that come without an id. */
  title_key: string
  abstract: string | null
  published_at: Instant
  /** The UTC day of `published_at`. */
  published_on: GeneratedAlways<string>
  withdrawn_at: Instant | null
  author_count: Generated<number>
  /** The authors' names in order; empty while a source has given only their number. */
  author_names: Generated<string[]>
  /** Changes with anything in the list of authors, links to accounts included. */
  authors_digest: string | null
  upvotes: Generated<number>
  comment_count: Generated<number>
  github_stars: number | null
  organization_name: string | null
  ai_summary: string | null
  ai_summary_model: string | null
  /** Keywords as the source spells them, in its order. */
  keywords: Generated<string[]>
  /** The same, folded to the keys of `keyword`. */
  keyword_keys: Generated<string[]>
  github_repo: string | null
  github_repo_added_by: string | null
  project_page: string | null
  thumbnail_url: string | null
  media_urls: Generated<string[]>
  discussion_id: string | null
  author_participating: boolean | null
  doi: string | null
  journal_ref: string | null
  /** The authors' comment on arXiv ("12 pages, accepted at …"). */
  comment: string | null
  primary_category: string | null
  categories: Generated<string[]>
  arxiv_version: number | null
  revised_at: Instant | null
  /** The editions that list it, ascending, and who put it there; kept by the writer from `listing`. */
  listed_on: Generated<string[]>
  submitter_names: Generated<string[]>
  first_listed_on: Day | null
  last_listed_on: Day | null
  /** Which authority gave each field when: see db/writer/merge/provenance.ts. */
  provenance: JSONColumnType<Record<string, string | null>>
  /** Digests of the newest records that changed it: see db/writer/record-digest.ts. */
  merged_records: Generated<string[]>
  ingested_at: Instant
  updated_at: Instant
  /** When the title, the abstract or the withdrawal last changed here; null while none has since it was stored. */
  text_changed_at: Instant | null
  /** The terms that it is found by (db/tokens/document.ts); empty until they are made. */
  search: Generated<string>
  /** Those of its title and keywords alone, for ranking; null until they are made. */
  ranked_words: string | null
}

/** A name on papers. Not a person: two people of one name are one author. */
export interface AuthorTable {
  name: string
}

/** An author's place on a paper, counted from 1. */
export interface PaperAuthorTable {
  paper_id: number
  position: number
  author_name: string
  account_name: string | null
  claim_status: string | null
  claim_changed_at: Instant | null
  hidden: Generated<boolean>
}

/** A Hugging Face user. Null in a column means that no source has given it. */
export interface AccountTable {
  /** The user name. */
  name: string
  hf_id: string | null
  full_name: string | null
  avatar_url: string | null
  is_pro: boolean | null
  /** When the columns above were observed. */
  observed_at: Instant
  /** These come with submitters alone, so they have an instant of their own. */
  follower_count: number | null
  is_hf: boolean | null
  is_mod: boolean | null
  details_at: Instant | null
}

export interface OrganizationTable {
  name: string
  hf_id: string | null
  full_name: string | null
  avatar_url: string | null
  observed_at: Instant
}

/** A keyword folded to its key: `Chain-of-Thought` and `chain-of-thought` are one. */
export interface KeywordTable {
  key: string
}

export interface PaperKeywordTable {
  paper_id: number
  keyword_key: string
}

/** The Daily Papers list of one day. */
export interface EditionTable {
  date: Day
}

/** Work of which one process at a time is in charge. */
export interface LeaseTable {
  name: string
  owner: string
  /** Rises with each new holder. */
  fence: number
  held_until: Instant
}

/** A paper on an edition, with the account that submitted it. */
export interface ListingTable {
  edition_date: Day
  paper_id: number
  submitter_name: string | null
  submitted_at: Instant | null
  /** When its submitter was last given. */
  observed_at: Instant
  /** When any source first gave it. */
  first_observed_at: Instant
  /** When it was first stored here. */
  recorded_at: Instant
}

/** A title and day that some record gave a paper and that its row does not show: records without an id find it by them. */
export interface PaperAliasTable {
  title_key: string
  published_on: Day
  paper_id: number
}

export type PaperRow = Omit<Selectable<PaperTable>, 'search' | 'ranked_words'>
export type PaperAuthorRow = Selectable<PaperAuthorTable>
export type AccountRow = Selectable<AccountTable>
export type OrganizationRow = Selectable<OrganizationTable>
export type ListingRow = Selectable<ListingTable>
export type HistoryRow = Selectable<PaperHistoryTable>
