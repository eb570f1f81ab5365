import type { Db } from '../../db/database.ts'
import { noteFailure, notePolling, noteReading } from '../../db/sources.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { learnAcronyms } from '../../db/writer/learn-acronyms.ts'
import { rebuildTerms } from '../../db/writer/rebuild-terms.ts'
import { anAuthor, aReading, aRecord } from './records.ts'

const day = '2026-06-01'
const reading = aReading(day, '2026-07-01T00:00:00.000Z', [
  aRecord({ keywords: ['decoding'], organization: { name: 'lab' }, githubRepo: 'https://github.com/a/b' }),
])
const later = aReading(day, '2026-07-02T00:00:00.000Z', [
  aRecord({ title: 'Another title', authors: [anAuthor('Grace Hopper')], keywords: ['routing'] }),
])
const votes = aReading(day, '2026-07-03T00:00:00.000Z', [
  aRecord({ title: 'Another title', authors: [anAuthor('Grace Hopper')], keywords: ['routing'], upvotes: 9 }),
])

const { arxivId: _, ...withoutId } = aRecord({ title: 'A paper from elsewhere' })

/** Calls of the writer whose statements are printed. */
export const writerCases: Record<string, (db: Db) => Promise<unknown>> = {
  'recordPapers, an edition with a new paper': (db) =>
    recordPapers(db, { source: 'huggingface', ...reading }),
  'recordPapers, texts, authors and keywords that changed': (db) =>
    recordPapers(db, { source: 'huggingface', ...later }),
  'recordPapers, votes that changed': (db) => recordPapers(db, { source: 'huggingface', ...votes }),
  'recordPapers, an observation that comes late': (db) =>
    recordPapers(db, {
      source: 'huggingface',
      records: [aRecord({ observedAt: '2026-06-30T00:00:00.000Z' })],
    }),
  'recordPapers, a paper without an arXiv id': (db) =>
    recordPapers(db, { source: 'client', records: [withoutId] }),
  'recordPapers, votes of other sites and what a call for a single paper gave': (db) =>
    recordPapers(db, {
      source: 'huggingface',
      records: [aRecord({ votes: [{ site: 'alphaxiv', votes: 7 }] })],
      counts: [{ date: day, countedAt: '2026-07-05T00:00:00.000Z', expected: 1 }],
      details: [
        { arxivId: '2605.00001', readAt: '2026-07-05T00:00:00.000Z', models: { count: 0, list: [] } },
      ],
    }),
  'recordPapers, an acronym instead of another': async (db) => {
    const paper = aRecord({ arxivId: '2605.00009', abstract: 'A Mixture-of-Experts (MoE).' })
    await recordPapers(db, { source: 'huggingface', records: [paper] })
    const records = [
      { ...paper, abstract: 'Vision-language-action (VLA).', observedAt: '2026-07-04T00:00:00.000Z' },
    ]
    await recordPapers(db, { source: 'huggingface', records })
  },
  'learnAcronyms, of papers from before': async (db) => {
    await db.updateTable('acronym_build').set({ built_to: 0 }).execute()
    await learnAcronyms(db)
  },
  'rebuildTerms, of an older version': async (db) => {
    await db.updateTable('search_build').set({ version: 0 }).execute()
    await rebuildTerms(db)
  },
  notePolling: (db) => notePolling(db, 'huggingface', 300),
  noteReading: (db) => noteReading(db, 'arxiv', { read: 1, new: 1, changed: 0, rejected: 0 }),
  noteFailure: (db) => noteFailure(db, 'arxiv', 'The server did not answer.'),
}
