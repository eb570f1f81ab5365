import { sql, type Transaction } from 'kysely'
import type { AccountRecord, OrganizationRecord } from '../model/profile.ts'
import type { Tables } from '../tables.ts'
import type { IngestBatch } from './batch.ts'

interface Profile {
  name: string
  hf_id: string | null
  full_name: string | null
  avatar_url: string | null
  is_pro: boolean | null
  observed_at: string
  follower_count: number | null
  is_hf: boolean | null
  is_mod: boolean | null
  details_at: string | null
}

const profileParts = ['hf_id', 'full_name', 'avatar_url', 'is_pro'] as const
const detailParts = ['follower_count', 'is_hf', 'is_mod'] as const

/**
 * Accounts and organizations as records and comments describe them; the newest description of each wins. One exception: a
 * description that only repeats the stored one moves no row, so an older one that comes later may win over it, if
 * by then no reading of an edition with a paper that names the account or organization confirms the newer.
 */
export async function storeProfiles(
  trx: Transaction<Tables>,
  { records, details = [] }: Pick<IngestBatch, 'records' | 'details'>,
): Promise<void> {
  const accounts = new Map<string, Profile>()
  const organizations = new Map<string, Profile>()
  for (const record of records) {
    for (const author of record.authors ?? []) {
      if (author.account) collect(accounts, profileOf(author.account, record.observedAt))
    }
    const submitter = record.listing?.submitter
    if (submitter) collect(accounts, profileOf(submitter, record.observedAt))
    if (record.organization) collect(organizations, profileOf(record.organization, record.observedAt))
  }
  for (const { comments = [], readAt } of details) {
    for (const { author } of comments) if (author) collect(accounts, profileOf(author, readAt))
  }
  await store(trx, 'account', accounts)
  await store(trx, 'organization', organizations)
}

/** The instant of a profile that was never described, only named: any description is newer. */
const never = '1970-01-01T00:00:00.000Z'

function profileOf(given: AccountRecord & OrganizationRecord, at: string): Profile {
  const described = [given.hfId, given.fullName, given.avatarUrl, given.isPro].some(
    (part) => part !== undefined,
  )
  const detailed = given.followerCount !== undefined || given.isHf !== undefined || given.isMod !== undefined
  return {
    name: given.name,
    hf_id: given.hfId ?? null,
    full_name: given.fullName ?? null,
    avatar_url: given.avatarUrl ?? null,
    is_pro: given.isPro ?? null,
    observed_at: described ? at : never,
    follower_count: given.followerCount ?? null,
    is_hf: given.isHf ?? null,
    is_mod: given.isMod ?? null,
    details_at: detailed ? at : null,
  }
}

function collect(profiles: Map<string, Profile>, given: Profile): void {
  const known = profiles.get(given.name)
  profiles.set(given.name, known ? newer(known, given) : given)
}

/** Each half of the profile as a whole from the one observed later; of two at one instant the one that says more. */
function newer(a: Profile, b: Profile): Profile {
  const first = compare(a.observed_at, b.observed_at, a, b, profileParts) >= 0 ? a : b
  const second = compare(a.details_at ?? '', b.details_at ?? '', a, b, detailParts) >= 0 ? a : b
  return {
    ...first,
    follower_count: second.follower_count,
    is_hf: second.is_hf,
    is_mod: second.is_mod,
    details_at: second.details_at,
  }
}

function compare(
  aAt: string,
  bAt: string,
  a: Profile,
  b: Profile,
  parts: readonly (keyof Profile)[],
): number {
  if (aAt !== bAt) return aAt > bAt ? 1 : -1
  const [aText, bText] = [textOf(a, parts), textOf(b, parts)]
  return aText === bText ? 0 : aText > bText ? 1 : -1
}

const textOf = (profile: Profile, parts: readonly (keyof Profile)[]) =>
  JSON.stringify(parts.map((part) => profile[part] ?? ''))

async function store(
  trx: Transaction<Tables>,
  table: 'account' | 'organization',
  given: Map<string, Profile>,
): Promise<void> {
  if (given.size === 0) return
  const stored = await storedProfiles(trx, table, [...given.keys()])
  const replacing = [...given.values()].filter((profile) => {
    const before = stored.get(profile.name)
    return before && profile.observed_at >= before.observed_at && differ(profile, before)
  })
  for (const { name, at, details_at } of await confirmations(trx, table, replacing)) {
    const before = stored.get(name)
    if (before) stored.set(name, confirmed(before, at.toISOString(), details_at?.toISOString() ?? ''))
  }
  const next: Profile[] = []
  for (const profile of given.values()) {
    const before = stored.get(profile.name)
    const after = before ? newer(before, profile) : profile
    // The same description again is not worth a row version, even when it is newer.
    if (!before || differ(before, after)) next.push(after)
  }
  if (next.length === 0) return
  const parts = table === 'account' ? accountColumns : organizationColumns
  await sql`
    insert into ${sql.table(table)} (${sql.join(parts.map((part) => sql.ref(part)))})
    select ${sql.join(parts.map((part) => sql.ref(part)))}
    from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(next)}::json)
    on conflict (name) do update set
      ${sql.join(parts.slice(1).map((part) => sql`${sql.ref(part)} = ${sql.ref(`excluded.${part}`)}`))}
  `.execute(trx)
}

const describing = [...profileParts, ...detailParts]
const differ = (a: Profile, b: Profile) => textOf(a, describing) !== textOf(b, describing)

function confirmed(profile: Profile, at: string, detailsAt: string): Profile {
  return {
    ...profile,
    observed_at: at > profile.observed_at ? at : profile.observed_at,
    details_at:
      profile.details_at !== null && detailsAt > profile.details_at ? detailsAt : profile.details_at,
  }
}

/** Until when the readings of editions confirm the profiles: the same description again moved no row, only them. */
async function confirmations(
  trx: Transaction<Tables>,
  table: 'account' | 'organization',
  profiles: readonly Profile[],
): Promise<{ name: string; at: Date; details_at: Date | null }[]> {
  if (profiles.length === 0) return []
  const names = profiles.map((profile) => profile.name)
  const reading = sql`(select r.read_at from edition_reading r where r.edition_date = l.edition_date
    and r.source = 'huggingface' and l.paper_id = any(r.paper_ids))`
  const listed = sql`(select max(${reading}) from listing l where l.paper_id = p.paper_id)`
  const [submitted, named] =
    table === 'account'
      ? [
          sql`(select max(${reading}) from listing l where l.submitter_name = given.name)`,
          sql`(select max(${listed}) from paper_author p where p.account_name = given.name)`,
        ]
      : [
          sql`null::timestamptz`,
          sql`(select max(${listed}) from (
                 select id as paper_id from paper where organization_name = given.name
               ) as p)`,
        ]
  // Subqueries in subqueries, because a join begins with all listings there are while tables have no statistics.
  const { rows } = await sql<{ name: string; at: Date; details_at: Date | null }>`
    with mentioned as materialized (
      select name, ${submitted} as submitted, ${named} as named from unnest(${names}::text[]) as given (name)
    )
    select name, greatest(submitted, named) as at, submitted as details_at from mentioned
    where submitted is not null or named is not null
  `.execute(trx)
  return rows
}
const organizationColumns = ['name', 'hf_id', 'full_name', 'avatar_url', 'observed_at'] as const
const accountColumns = [...organizationColumns, 'is_pro', ...detailParts, 'details_at'] as const

async function storedProfiles(
  trx: Transaction<Tables>,
  table: 'account' | 'organization',
  names: readonly string[],
): Promise<Map<string, Profile>> {
  const rows = await trx
    .selectFrom(table)
    .selectAll()
    .where('name', '=', sql<string>`any(${names})`)
    .execute()
  const blank = profileOf({ name: '' }, '')
  return new Map(
    rows.map((row) => {
      const details = 'details_at' in row ? (row.details_at?.toISOString() ?? null) : null
      return [row.name, { ...blank, ...row, observed_at: row.observed_at.toISOString(), details_at: details }]
    }),
  )
}
