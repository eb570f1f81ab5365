import { hash } from 'node:crypto'
import type { PaperRecord, SourceName } from '../model/record.ts'

/** Raise it with every change of what the writer makes of the same record: papers then take in again what is read again. */
const mergeVersion = 1
/** Of one paper: those of its sources, and of its first and last reading. */
const keptAtMost = 4

/**
 * Equal for records that say the same at the same time. Merging is idempotent, so a record whose digest a paper holds
 * changes nothing: neither the paper nor what is stored beside it.
 */
export function digestOf(record: PaperRecord, source: SourceName): string {
  return hash('sha1', `${mergeVersion} ${source} ${JSON.stringify(record)}`, 'base64url')
}

/** The digests of a paper after one more record. */
export function withDigest(digests: readonly string[], digest: string): string[] {
  return [...digests.filter((other) => other !== digest), digest].slice(-keptAtMost)
}
