import { z } from 'zod'
import type { PaperRecord, Rejection } from '../../../db/model/record.ts'
import { rejection } from './rejections.ts'
import {
  abstract,
  arxivId,
  authorList,
  defined,
  instant,
  limits,
  optional,
  personName,
  text,
  title,
} from './shapes.ts'

/** A paper's values under the names that arXiv's API gives them, for zod to judge. */
export interface ArxivFields {
  id?: string | undefined
  title?: unknown
  summary?: unknown
  published?: unknown
  updated?: unknown
  authors: { name?: unknown }[]
  comment?: unknown
  journalRef?: unknown
  doi?: unknown
  primaryCategory?: unknown
  categories: unknown[]
}

const label = optional(text(limits.text))

const entryShape = z.object({
  id: arxivId,
  title,
  summary: abstract,
  published: instant,
  updated: instant,
  authors: authorList(z.object({ name: personName })),
  comment: label,
  journalRef: label,
  doi: label,
  primaryCategory: label,
  categories: z.array(label),
})

export interface ArxivSeen {
  /** The newest version, where it is known. */
  version?: number | undefined
  /** When arXiv said so; by default, when that version appeared. */
  observedAt?: string | undefined
}

/** What arXiv says of a paper, or what is wrong with it. */
export function arxivRecord(
  fields: ArxivFields,
  position: string,
  { version, observedAt }: ArxivSeen,
): PaperRecord | Rejection {
  const parsed = entryShape.safeParse(fields)
  if (!parsed.success) return rejection(position, fields, parsed.error)
  return recordOf(parsed.data, version, observedAt)
}

function recordOf(
  entry: z.infer<typeof entryShape>,
  version: number | undefined,
  observedAt: string | undefined,
): PaperRecord {
  const withdrawn =
    [entry.comment, entry.summary].some((text) => text && withdrawal.test(text)) ||
    shortWithdrawal.test(entry.comment ?? '')
  const categories = new Set(entry.categories.filter((category) => typeof category === 'string'))
  return defined({
    observedAt: observedAt ?? entry.updated,
    arxivId: entry.id,
    title: entry.title,
    abstract: entry.summary,
    publishedAt: entry.published,
    authors: entry.authors.length > 0 ? entry.authors : undefined,
    doi: entry.doi,
    journalRef: entry.journalRef,
    comment: entry.comment,
    primaryCategory: entry.primaryCategory,
    categories: [...categories].slice(0, limits.categories),
    arxivVersion: version,
    revisedAt: entry.updated,
    withdrawnAt: withdrawn ? entry.updated : undefined,
  })
}

/**
 * How a withdrawal begins, in the comment or (older ones) in place of the abstract: "This paper has been withdrawn
 * by the authors due to …". Only at the start, since others mention withdrawn papers: "Replaces 2401.00001, which
 * has been withdrawn".
 */
const withdrawal =
  /^(?:(?:this|the) )?(?:arxiv )?(?:paper|article|manuscript|submission|preprint|work|version) (?:(?:has been|is|was) )?(?:temporarily )?withdrawn\b/i
const shortWithdrawal = /^withdrawn\b/i
