import { z } from 'zod'
import { withoutHidden } from '../../../db/model/hidden-characters.ts'
import {
  type CommentRecord,
  type LinkedRepositories,
  mostComments,
  mostLinked,
  type PaperDetail,
} from '../../../db/model/paper-detail.ts'
import { accountOf, accountShape } from './daily-papers-entry.ts'
import { count, defined, instant, limits, optional, text } from './shapes.ts'

/**
 * What `GET /api/papers/{id}` and its `?field=comments` give beyond the paper: linked repositories since July 2026, and
 * comments. All of it describes the paper further, so what does not fit is left out and the rest is kept.
 */

const label = optional(text(limits.text))

/** Of owner and name: `org/name`, or `name` alone for the oldest. */
const repositoryName = z.string().regex(/^[\w.-]{1,100}(?:\/[\w.-]{1,200})?$/)

const repository = z
  .object({
    id: repositoryName,
    likes: optional(count),
    downloads: optional(count),
    pipeline_tag: label,
    shortDescription: label,
    lastModified: optional(instant),
    private: optional(z.boolean()),
  })
  .transform(({ id, likes, downloads, pipeline_tag, shortDescription, lastModified, ...rest }) => ({
    name: id,
    likes: likes ?? null,
    downloads: downloads ?? null,
    task: pipeline_tag ?? null,
    description: shortDescription ?? null,
    updatedAt: lastModified ?? null,
    isPrivate: rest.private === true,
  }))

/** Markdown keeps its lines. */
const markdown = z
  .string()
  .transform((value) => withoutHidden(value).normalize('NFC').trim())
  .pipe(z.string().min(1))
  .transform((value) => value.slice(0, limits.abstract))

const comment = z.object({
  id: text(limits.name),
  type: z.literal('comment'),
  author: optional(accountShape),
  createdAt: instant,
  data: z.object({
    hidden: optional(z.boolean()),
    edited: optional(z.boolean()),
    parentCommentId: label,
    latest: z.object({ raw: markdown }),
    reactions: optional(z.array(z.object({ count: optional(count) }))),
  }),
})

const repositories = optional(z.array(optional(repository)))

const detailShape = z.object({
  linkedModels: repositories,
  numTotalModels: optional(count),
  linkedDatasets: repositories,
  numTotalDatasets: optional(count),
  linkedSpaces: repositories,
  numTotalSpaces: optional(count),
  comments: optional(z.array(optional(comment))),
})

/** What one response says beyond the paper; undefined for one that says nothing of it. */
export function detailOf(json: unknown, arxivId: string, readAt: string): PaperDetail | undefined {
  const { success, data } = detailShape.safeParse(json)
  if (!success) return undefined
  const { comments } = data
  const detail = defined({
    arxivId,
    readAt,
    models: linked(data.linkedModels, data.numTotalModels),
    datasets: linked(data.linkedDatasets, data.numTotalDatasets),
    spaces: linked(data.linkedSpaces, data.numTotalSpaces),
    comments: comments?.flatMap((each) => (each ? commentOf(each) : [])).slice(-mostComments),
  })
  return Object.keys(detail).length > 2 ? detail : undefined
}

type Repository = z.infer<typeof repository>

function linked(
  list: (Repository | null | undefined)[] | null | undefined,
  total: number | null | undefined,
): LinkedRepositories | undefined {
  if (!list && typeof total !== 'number') return undefined
  const open = (list ?? []).flatMap((each) => {
    if (!each || each.isPrivate) return []
    const { isPrivate: _, ...shown } = each
    return shown
  })
  return defined({ list: open.slice(0, mostLinked), count: total ?? list?.length })
}

function commentOf({ id, author, createdAt, data }: z.infer<typeof comment>): CommentRecord[] {
  if (data.hidden) return []
  const reactions = (data.reactions ?? []).reduce((sum, { count: each }) => sum + (each ?? 0), 0)
  return [
    defined({
      ...{ id, createdAt, text: data.latest.raw, edited: data.edited ?? false, reactions },
      author: accountOf(author),
      replyTo: data.parentCommentId,
    }),
  ]
}
