import type { MaybePromise } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { type PaperFields, papersByKeys } from '../../db/papers.ts'
import type { Context } from '../core/context.ts'
import { contextCache } from '../core/context-cache.ts'
import { columnsKey, paperColumnsBelow } from '../core/plan.ts'
import { readOrganizations } from '../organization.ts'
import { referredPaper } from '../paper.ts'

type Papers = ReadonlyMap<number, PaperFields>

/** By the columns that are read: papers on their way, and then the papers. */
const readings = contextCache(() => new Map<string, MaybePromise<Papers>>())

/**
 * The paper of an event, at once if it has been read. With the first one, the papers of the events that follow in its
 * batch are read by one statement, and their organizations by another, so that nothing has to be waited for with those.
 */
export function paperOfEvent(
  paperId: number,
  context: Context,
  info: GraphQLResolveInfo,
): MaybePromise<PaperFields> {
  if (!context.papersAhead) return referredPaper(paperId, context, info)
  const columns = paperColumnsBelow(info, [])
  const key = columnsKey(columns)
  const known = readings(context)
  let papers = known.get(key)
  if (!papers) {
    papers = readAhead(context, context.papersAhead, columns)
    known.set(key, papers)
    // Where it fails, all that wait for it do.
    papers.then(
      (read) => known.set(key, read),
      () => {},
    )
  }
  // What has not been found is asked for again: it may be of a batch that shares the context.
  const found = (read: Papers) => read.get(paperId) ?? referredPaper(paperId, context, info)
  return papers instanceof Promise ? papers.then(found) : found(papers)
}

async function readAhead(
  context: Context,
  ids: readonly number[],
  columns: ReturnType<typeof paperColumnsBelow>,
): Promise<Papers> {
  const keys = ids.map((id) => ({ id }))
  const papers = await papersByKeys(context.db, keys, columns)
  if (columns?.has('organization_name')) {
    const names = papers.flatMap((paper) => paper.organization_name ?? [])
    // What cannot be read fails where it is asked for, and not the paper.
    await readOrganizations(context, names).catch(() => {})
  }
  return new Map(papers.map((paper) => [paper.id, paper]))
}
