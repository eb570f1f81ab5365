/**
 * Who vouches for a record, which decides what the record may set. A saved response of the Hugging Face API has the
 * authority of Hugging Face, as a live one has.
 */
export type Authority = 'arxiv' | 'huggingface' | 'client' | 'page'

/** How the values that records give for one field are merged. */
export interface MergeRule {
  /** Those that may set the field, best first. */
  setBy: readonly Authority[]
  /** `best`: the best authority wins, and of its records the newest. `newest`: the newest record wins. */
  wins: 'best' | 'newest'
  /** The authority that clears the field by leaving it out; null where leaving it out never clears it. */
  clearedBy: Authority | null
}

/** What a field of each kind holds; src/ingest/sources/paper-record.ts says how a client's value is checked. */
export interface FieldKinds {
  title: string
  /** A short text on one line. */
  text: string
  longText: string
  url: string
  /** An ISO instant in UTC with milliseconds. */
  instant: string
  count: number
  version: number
  flag: boolean
  keywords: string[]
  categories: string[]
  urls: string[]
}

/** A field that is one column of `paper` and one property of `PaperRecord`. */
interface ColumnField extends MergeRule {
  column: string
  kind: keyof FieldKinds
  /** What the column holds while nothing is known: null, or an empty list, unless it is said here. */
  unknown?: '' | 0
}

const best = (...setBy: Authority[]): MergeRule => ({ setBy, wins: 'best', clearedBy: null })
const newest = (...setBy: Authority[]): MergeRule => ({ setBy, wins: 'newest', clearedBy: null })
const everybody = best('arxiv', 'huggingface', 'client', 'page')
const huggingFace: MergeRule = { ...best('huggingface', 'client'), clearedBy: 'huggingface' }
const arxiv: MergeRule = { ...best('arxiv', 'client'), clearedBy: 'arxiv' }

/**
 * The one table of what sources give of a paper: merging, reading and writing rows, the columns of queries and of
 * events and the shape of a client's record follow from it. arXiv is the authority on what a paper says, Hugging
 * Face on what its community did with it; a client may fill what they leave open; a captured page comes last.
 * What is counted follows the newest observation.
 *
 * A field without a column is more than one: db/writer says by hand how it is merged and stored.
 */
export const fieldDefinitions = {
  title: { column: 'title', kind: 'title', unknown: '', ...everybody },
  abstract: { column: 'abstract', kind: 'longText', ...everybody },
  /** Midnight UTC where the source gives only a day. */
  publishedAt: { column: 'published_at', kind: 'instant', unknown: '', ...everybody },
  authors: best('huggingface', 'arxiv', 'client'),
  /** For sources that give the number of authors without their names. */
  authorCount: best('client', 'page'),

  upvotes: { column: 'upvotes', kind: 'count', unknown: 0, ...newest('huggingface', 'client') },
  commentCount: {
    column: 'comment_count',
    kind: 'count',
    unknown: 0,
    ...newest('huggingface', 'client', 'page'),
  },
  githubStars: { column: 'github_stars', kind: 'count', ...huggingFace, wins: 'newest' },

  organization: huggingFace,
  aiSummary: { column: 'ai_summary', kind: 'longText', ...huggingFace },
  aiSummaryModel: { column: 'ai_summary_model', kind: 'text', ...huggingFace },
  keywords: { column: 'keywords', kind: 'keywords', ...huggingFace },
  githubRepo: { column: 'github_repo', kind: 'url', ...huggingFace },
  githubRepoAddedBy: { column: 'github_repo_added_by', kind: 'text', ...huggingFace },
  projectPage: { column: 'project_page', kind: 'url', ...huggingFace },
  thumbnailUrl: { column: 'thumbnail_url', kind: 'url', ...huggingFace },
  mediaUrls: { column: 'media_urls', kind: 'urls', ...huggingFace },
  discussionId: { column: 'discussion_id', kind: 'text', ...huggingFace },
  authorParticipating: { column: 'author_participating', kind: 'flag', ...huggingFace },

  doi: { column: 'doi', kind: 'text', ...arxiv },
  journalRef: { column: 'journal_ref', kind: 'text', ...arxiv },
  comment: { column: 'comment', kind: 'text', ...arxiv },
  primaryCategory: { column: 'primary_category', kind: 'text', ...arxiv },
  categories: { column: 'categories', kind: 'categories', ...arxiv },
  /** The newest version on arXiv, from 1. */
  arxivVersion: { column: 'arxiv_version', kind: 'version', ...best('arxiv', 'client') },
  /** When that version appeared. */
  revisedAt: { column: 'revised_at', kind: 'instant', ...best('arxiv', 'client') },
  withdrawnAt: {
    column: 'withdrawn_at',
    kind: 'instant',
    ...best('arxiv', 'huggingface', 'client'),
    clearedBy: 'huggingface',
  },
} as const satisfies Record<string, MergeRule | ColumnField>

type Fields = typeof fieldDefinitions
export type FieldName = keyof Fields
/** The fields that are one column. */
export type ColumnFieldName = {
  [Name in FieldName]: Fields[Name] extends ColumnField ? Name : never
}[FieldName]
export type FieldColumn = Fields[ColumnFieldName]['column']

export type FieldValue<Name extends ColumnFieldName> = FieldKinds[Fields[Name]['kind']]

/** What the column of each field holds, as JSON has it. */
export type FieldColumns = {
  [Name in ColumnFieldName as Fields[Name]['column']]:
    | FieldValue<Name>
    | (FieldValue<Name> extends string[]
        ? never
        : Fields[Name] extends { unknown: infer Empty }
          ? Empty
          : null)
}

export const fieldNames = Object.keys(fieldDefinitions) as FieldName[]

/** The fields that are one column, each with what the column holds while nothing is known. */
export const columnFields = fieldNames.flatMap((name) => {
  const field: MergeRule | ColumnField = fieldDefinitions[name]
  if (!('column' in field)) return []
  const { column, kind, unknown = isList(kind) ? [] : null } = field
  return [{ name: name as ColumnFieldName, column: column as FieldColumn, kind, unknown }]
})

export const fieldColumns: readonly FieldColumn[] = columnFields.map(({ column }) => column)

function isList(kind: keyof FieldKinds): boolean {
  return kind === 'keywords' || kind === 'categories' || kind === 'urls'
}
