import { z } from 'zod'
import { mostSites } from '../../../db/model/paper-detail.ts'
import {
  type ColumnFieldName,
  columnFields,
  type FieldKinds,
  type FieldValue,
} from '../../../db/model/paper-fields.ts'
import type { PaperRecord } from '../../../db/model/record.ts'
import {
  abstract,
  arxivId,
  authorList,
  count,
  day,
  defined,
  instant,
  keyword,
  limits,
  name,
  personName,
  quote,
  text,
  title,
  url,
} from './shapes.ts'

/**
 * A `PaperRecord` as a client pushes it: here everything that is given has to be right, since the client can correct
 * it. Null counts as left out, unknown fields pass, white space is folded, versions leave ids, times become
 * canonical.
 */

const label = text(limits.text).nullish()
const flag = z.boolean().nullish()

const account = z
  .object({
    name,
    hfId: label,
    fullName: name.nullish(),
    avatarUrl: url.nullish(),
    isPro: flag,
    followerCount: count.nullish(),
    isHf: flag,
    isMod: flag,
  })
  .transform(defined)

const organization = z
  .object({ name, hfId: label, fullName: name.nullish(), avatarUrl: url.nullish() })
  .transform(defined)

const author = z
  .object({
    name: personName,
    account: account.nullish(),
    claimStatus: label,
    claimChangedAt: instant.nullish(),
    hidden: flag,
  })
  .transform(defined)

const listing = z
  .object({ date: day, submitter: account.nullish(), submittedAt: instant.nullish() })
  .transform(defined)

const votes = z
  .array(
    z.object({
      site: z.string().check((context) => {
        if (siteName.test(context.value)) return
        const message = `${quote(context.value)} is not the name of a site: 1 to 50 of a-z, 0-9, "." and "-", and not "huggingface", whose votes are \`upvotes\`.`
        context.issues.push({ code: 'custom', message, input: context.value })
      }),
      votes: count,
    }),
  )
  .max(mostSites)
const siteName = /^(?!huggingface(?:\.co)?$)[a-z0-9][a-z0-9.-]{0,49}$/

const shapes = {
  title,
  text: text(limits.text),
  longText: abstract,
  url,
  instant,
  count,
  version: count.min(1),
  flag: z.boolean(),
  keywords: z.array(keyword).max(limits.keywords),
  categories: z.array(text(limits.name)).max(limits.categories),
  urls: z.array(url).max(limits.mediaUrls),
} satisfies { [Kind in keyof FieldKinds]: z.ZodType<FieldKinds[Kind]> }

type FieldShapes = { [Name in ColumnFieldName]: z.ZodType<FieldValue<Name> | null | undefined> }
const fields = Object.fromEntries(
  columnFields.map(({ name, kind }): [string, z.ZodType] => [name, shapes[kind].nullish()]),
) as FieldShapes

export const paperRecord: z.ZodType<PaperRecord> = z
  .object({
    observedAt: instant,
    arxivId: arxivId.nullish(),
    ...fields,
    title,
    publishedAt: instant,
    authors: authorList(author).nullish(),
    authorCount: count.nullish(),
    organization: organization.nullish(),
    listing: listing.nullish(),
    votes: votes.nullish(),
  })
  .check(({ value, issues }) => {
    const { authors, authorCount } = value
    if (!authors || authorCount == null || authorCount === authors.length) return
    const message = `The list has ${authors.length} authors, but authorCount differs; omit it, or correct it.`
    issues.push({ code: 'custom', path: ['authorCount'], message, input: authorCount })
  })
  .transform(defined)
