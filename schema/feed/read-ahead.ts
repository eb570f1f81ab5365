import { createContextCache, type MaybePromise } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import type { PaperFields } from '../../db/papers.ts'
import type { Context } from '../core/context.ts'
import { columnsKey, paperColumnsBelow } from '../core/plan.ts'
import { organizationByName } from '../organization.ts'
import { loadPaper, referredPaper } from '../paper.ts'

/** By the columns that are read; null once all is there. */
const readings = createContextCache(() => new Map<string, Promise<void> | null>())

/**
 * The paper of an event. With the first one, the papers of the events that follow in its batch are read, and their
 * organizations, so that nothing has to be waited for with those.
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
  let reading = known.get(key)
  if (reading === undefined) {
    // What cannot be read fails where it is asked for.
    reading = readAhead(context, context.papersAhead, columns)
      .catch(() => {})
      .then(() => void known.set(key, null))
    known.set(key, reading)
  }
  return reading
    ? reading.then(() => referredPaper(paperId, context, info))
    : referredPaper(paperId, context, info)
}

async function readAhead(
  context: Context,
  ids: readonly number[],
  columns: ReturnType<typeof paperColumnsBelow>,
): Promise<void> {
  const papers = await Promise.all(ids.map((id) => loadPaper(context, { id }, columns)))
  if (columns && !columns.has('organization_name')) return
  const names = new Set(papers.flatMap((paper) => paper?.organization_name ?? []))
  await Promise.all([...names].map((name) => organizationByName(context, name)))
}
