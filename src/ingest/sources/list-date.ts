import { addDays } from '../../../db/model/period.ts'
import type { ListingRecord } from '../../../db/model/record.ts'
import { dayOf, isMidnight } from './time.ts'

/** The instants of an entry that say when it was put on the list. */
interface EntryTimes {
  publishedAt?: string | null | undefined
  paper: { publishedAt: string; submittedOnDailyAt?: string | null | undefined }
}

/** From this day on the outer `publishedAt` repeats the publication date in New York time. */
const outerTurned = '2025-03-11'

/** The day and, where known, the time at which an entry was put on the list. */
export function listTime(
  entry: EntryTimes,
  askedFor: string | undefined,
): Pick<ListingRecord, 'date' | 'submittedAt'> | undefined {
  const listed = entry.paper.submittedOnDailyAt
  if (listed) return { date: dayOf(listed), ...(!isMidnight(listed) && { submittedAt: listed }) }
  const listedAt = listInstant(entry)
  const date = askedFor ?? (listedAt && listDay(listedAt))
  return date ? { date, ...(listedAt && { submittedAt: listedAt }) } : undefined
}

/**
 * When the entry was put on the list, by its outer `publishedAt`, which meant this before it turned. A list time is
 * after publication; the later meaning is 4 or 5 hours before it.
 */
export function listInstant({ publishedAt, paper }: EntryTimes): string | undefined {
  return publishedAt && publishedAt > paper.publishedAt && publishedAt < outerTurned ? publishedAt : undefined
}

/**
 * The edition of a paper listed at that moment, where it is beyond doubt. Of 233 captures that know both, the 169
 * listed up to 16 h UTC are on that day's list and the 64 from 21 h on are on the next day's; none lies between,
 * and none is on a weekend's list.
 */
function listDay(listedAt: string): string | undefined {
  const hour = Number(listedAt.slice(11, 13))
  if (hour >= 16 && hour < 21) return undefined
  const date = addDays(dayOf(listedAt), hour < 16 ? 0 : 1)
  const weekday = new Date(date).getUTCDay()
  return weekday === 0 || weekday === 6 ? undefined : date
}
