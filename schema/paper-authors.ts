import type { Order, PageRequest } from '../db/lists/page.ts'
import type { PaperFields } from '../db/papers.ts'
import { authorsAtPositions } from '../db/people.ts'
import type { PaperAuthorRow } from '../db/tables.ts'
import { Account } from './account.ts'
import { Author } from './author.ts'
import { batched } from './core/batch.ts'
import { builder } from './core/builder.ts'
import {
  type Connection,
  type CursorScope,
  encodeCursor,
  pageInfoOf,
  pageRequest,
  positionsOf,
} from './core/connection.ts'
import type { Context } from './core/context.ts'
import { Paper } from './paper.ts'

/** What is known of an author beyond the name, and its cursor, are made where they are selected. */
class AuthorEdge {
  readonly node: { readonly name: string }
  readonly paperId: number
  readonly position: number

  constructor(name: string, paperId: number, position: number) {
    this.node = { name }
    this.paperId = paperId
    this.position = position
  }

  get cursor(): string {
    return encodeCursor(scopeOfAuthors(this.paperId), [this.position])
  }
}

/** A page of them. Most clients select the nodes alone. */
class Authors implements Connection<{ readonly name: string }, AuthorEdge> {
  readonly #paper: Pick<PaperFields, 'id' | 'author_names'>
  readonly #request: PageRequest
  readonly #page: { readonly from: number; readonly to: number; readonly more: boolean }

  constructor(paper: Pick<PaperFields, 'id' | 'author_names'>, request: PageRequest) {
    this.#paper = paper
    this.#request = request
    this.#page = positionsOf(paper.author_names.length, request)
  }

  get nodes(): { readonly name: string }[] {
    return this.#names.map((name) => ({ name }))
  }

  get edges(): AuthorEdge[] {
    return this.#names.map((name, index) => new AuthorEdge(name, this.#paper.id, this.#page.from + index))
  }

  get pageInfo(): Connection<unknown>['pageInfo'] {
    const { edges } = this
    return pageInfoOf(this.#page.more, this.#request, edges[0], edges.at(-1))
  }

  async count(): Promise<number> {
    return this.#paper.author_names.length
  }

  get #names(): readonly string[] {
    const { from, to } = this.#page
    return this.#paper.author_names.slice(from - 1, Math.max(from - 1, to))
  }
}

const byPosition: Order = { name: 'POSITION', keys: [{ kind: 'integer', sql: 'position' }] }

function scopeOfAuthors(paperId: number): CursorScope {
  return { order: byPosition, scope: String(paperId) }
}

const claims = {
  claimed_verified: 'CLAIMED_VERIFIED',
  admin_assigned: 'ADMIN_ASSIGNED',
  extracted_confirmed: 'EXTRACTED_CONFIRMED',
  extracted_pending: 'EXTRACTED_PENDING',
} as const

const ClaimStatus = builder.enumType('ClaimStatus', {
  description: 'How an account came to be linked to an author of a paper.',
  values: {
    CLAIMED_VERIFIED: { description: 'The account claimed the authorship, and the claim was verified.' },
    ADMIN_ASSIGNED: { description: 'An administrator of Hugging Face linked the account.' },
    EXTRACTED_CONFIRMED: { description: 'The link was found automatically and then confirmed.' },
    EXTRACTED_PENDING: { description: 'The link was found automatically and has not been confirmed.' },
    OTHER: { description: 'A status of Hugging Face that this API does not know.' },
  } as const,
})

const AuthorEdgeRef = builder.objectRef<AuthorEdge>('PaperAuthorEdge').implement({
  description: 'An author of a paper, with details of the authorship.',
  fields: (t) => ({
    node: t.field({ type: Author, description: 'The author.', resolve: ({ node }) => node }),
    cursor: t.exposeString('cursor', {
      description: 'The cursor of this author. Pass it as `after` or `before`.',
    }),
    position: t.exposeInt('position', { description: 'The position in the list of authors, from 1.' }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The Hugging Face account linked to this author of this paper. Null if none is linked.',
      resolve: async (edge, _args, context) => (await authorship(edge, context))?.account_name,
    }),
    claimStatus: t.field({
      type: ClaimStatus,
      nullable: true,
      description: 'How `account` came to be linked. Null if unknown.',
      resolve: async (edge, _args, context) => {
        const status = (await authorship(edge, context))?.claim_status
        return status ? (claims[status as keyof typeof claims] ?? 'OTHER') : null
      },
    }),
    claimChangedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When `claimStatus` last changed. Null if unknown.',
      resolve: async (edge, _args, context) => (await authorship(edge, context))?.claim_changed_at,
    }),
    hidden: t.boolean({
      description: 'Whether the Hugging Face page hides this author.',
      resolve: async (edge, _args, context) => (await authorship(edge, context))?.hidden ?? false,
    }),
  }),
})

const PaperAuthorConnection = builder.connectionObject(
  { type: Author, name: 'PaperAuthorConnection', description: "A page of a paper's authors." },
  AuthorEdgeRef,
)

builder.objectFields(Paper, (t) => ({
  authors: t.connection(
    {
      type: Author,
      extensions: { columns: ['author_names'] },
      description: 'The authors, in order. Empty if only their number is known: see `authorCount`.',
      resolve: (paper, args) => new Authors(paper, pageRequest(args, scopeOfAuthors(paper.id))),
    },
    PaperAuthorConnection,
  ),
}))

function authorship(edge: AuthorEdge, context: Context): Promise<PaperAuthorRow | undefined> {
  const key = (paperId: number, position: number) => `${paperId} ${position}`
  return batched(context, 'authorship', key(edge.paperId, edge.position), async (keys) => {
    const places = keys.map((each) => each.split(' ').map(Number))
    const rows = await authorsAtPositions(
      context.db,
      places.map(([paperId = 0, position = 0]) => ({ paperId, position })),
    )
    return new Map(rows.map((row) => [key(row.paper_id, row.position), row]))
  })
}
