import type { Db } from '../../db/database.ts'
import { type DigestPreferences, knowsZone } from '../../db/digest/subscribers.ts'
import type { MailCadence, MailFormat } from '../../db/mail-tables.ts'
import { builder } from '../core/builder.ts'
import { BadInputError } from '../core/errors.ts'
import { PaperFilterInput } from '../filter.ts'

const DigestCadence = builder.enumType('DigestCadence', {
  description: 'How often a digest is mailed.',
  values: {
    DAILY: { value: 'daily', description: 'Each day that has something to tell.' },
    WEEKLY: { value: 'weekly', description: 'Once a week, if there is something to tell.' },
  } satisfies Record<string, { value: MailCadence; description: string }>,
})

const DigestFormat = builder.enumType('DigestFormat', {
  description: 'The form of a mail.',
  values: {
    BOTH: { value: 'both', description: 'HTML, with the same as plain text.' },
    TEXT: { value: 'text', description: 'Plain text alone.' },
  } satisfies Record<string, { value: MailFormat; description: string }>,
})

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const

const Weekday = builder.enumType('Weekday', {
  description: 'A day of the week.',
  values: Object.fromEntries(
    weekdays.map((name, index) => [
      name,
      { value: index + 1, description: `On ${name[0]}${name.slice(1).toLowerCase()}s.` },
    ]),
  ),
})

export const DigestPreferencesInput = builder.inputType('DigestPreferences', {
  description: 'When a digest is mailed, and what it holds.',
  fields: (t) => ({
    cadence: t.field({ type: DigestCadence, defaultValue: 'daily', description: 'How often it is mailed.' }),
    weekday: t.field({
      type: Weekday,
      defaultValue: 1,
      description: 'The day of a weekly digest.',
    }),
    hour: t.int({
      defaultValue: 7,
      description: 'The hour of the day in `zone` at which it is mailed: 0 to 23.',
      validate: {
        type: 'number',
        min: [0, { message: 'must be from 0 to 23.' }],
        max: [23, { message: 'must be from 0 to 23.' }],
      },
    }),
    zone: t.string({
      defaultValue: 'UTC',
      description: 'The time zone of the reader, as the IANA database names it. Example: `Europe/Berlin`.',
      validate: {
        type: 'string',
        refine: [isZone, { message: 'must be the name of a time zone, such as Europe/Berlin.' }],
      },
    }),
    filter: t.field({
      type: PaperFilterInput,
      description:
        'Conditions that papers must meet when the mail is made, e.g. `{text: "sparse attention"}`. Omit it for all.',
    }),
    format: t.field({ type: DigestFormat, defaultValue: 'both', description: 'The form of the mails.' }),
  }),
})

/** Both know the zone: Node, for the page, and Postgres, which reckons with it; see `wanted`. */
function isZone(name: string): boolean {
  if (!/^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

const noArguments = {} as typeof DigestPreferencesInput.$inferInput

/** Preferences as they are stored. */
export async function storedPreferences(
  db: Db,
  given: typeof DigestPreferencesInput.$inferInput | null | undefined,
): Promise<DigestPreferences> {
  const { cadence, weekday, hour, zone, filter, format } = given ?? noArguments
  const name = zone ?? 'UTC'
  if (!(await knowsZone(db, name)))
    throw new BadInputError('preferences.zone: the database does not know this time zone.', [
      'preferences',
      'zone',
    ])
  return {
    cadence: cadence ?? 'daily',
    weekday: Number(weekday ?? 1),
    hour: hour ?? 7,
    zone: name,
    filter: filter ?? {},
    format: format ?? 'both',
  }
}
