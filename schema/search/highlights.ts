import type { CanonicalFilter } from '../../db/search/filter.ts'
import { type Fragment, highlightsByPaperIds } from '../../db/search/highlights.ts'
import { batched } from '../core/batch.ts'
import { builder } from '../core/builder.ts'
import { scopeOf } from '../core/connection.ts'
import type { Context } from '../core/context.ts'

/** A paper in the light of a search. */
export interface Highlighted {
  readonly node: { readonly id: number }
  readonly filter: CanonicalFilter
  /** Whether its abstract is asked for beside its title. */
  readonly abstracts: boolean
}

export const TextFragment = builder.objectRef<Fragment>('TextFragment').implement({
  description:
    'A piece of a text; the pieces in order are the text. They are plain text, not HTML: show each piece as text, and emphasize those that match.',
  fields: (t) => ({
    text: t.exposeString('text', {
      description: 'The piece, as plain text. Angle brackets in it are literal.',
    }),
    matched: t.exposeBoolean('matched', { description: 'Whether the search matches this piece.' }),
  }),
})

/** The title and the abstract of a paper in pieces. */
export async function highlightOf(
  { node, filter, abstracts }: Highlighted,
  context: Context,
): Promise<{ title: Fragment[]; abstract: Fragment[] }> {
  const found = await batched(context, `highlights ${scopeOf([filter, abstracts])}`, node.id, (ids) =>
    highlightsByPaperIds(context.db, ids, filter, !abstracts),
  )
  return { title: [...(found?.title ?? [])], abstract: [...(found?.abstract ?? [])] }
}
