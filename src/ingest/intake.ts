import type { Intake } from '../../schema/core/context.ts'
import { paperRecord } from './sources/paper-record.ts'
import { rejection } from './sources/rejections.ts'

/** Judges a record of a client, as the mutation `ingestPapers` asks for it. */
export const judgeRecord: Intake = (input) => {
  const parsed = paperRecord.safeParse(input)
  if (parsed.success) return { record: parsed.data }
  const { position: _, ...rejected } = rejection('', input, parsed.error)
  return { rejection: rejected }
}
