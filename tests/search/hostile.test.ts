import * as fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { canonicalFilter, filterConditions, matchFilters } from '../../db/search/filter.ts'
import { highlightsByPaperIds } from '../../db/search/highlights.ts'
import { textQueryOf } from '../../db/search/text-query.ts'
import { paperTerms } from '../../db/tokens/document.ts'
import { useTestDatabase } from '../support/database.ts'
import { plant } from '../support/papers.ts'

const copy = useTestDatabase()

const hostile: Record<string, string> = {
  'signs alone': '+-=*/\\|()[]{}<>!?&@#$%^~`"\',.;:',
  'operators of tsquery': "a & !b | (c <-> 'd':*A) <2> \\ '' e':1A",
  'ten thousand letters without a space': 'ab'.repeat(5_000),
  'ten thousand digits': '7'.repeat(10_000),
  'a number of forty digits': '1234567890'.repeat(4),
  'a number of many points': '1.'.repeat(500),
  'a thousand hyphens': 'a-'.repeat(1_000),
  'a thousand quotes': '"'.repeat(1_000),
  'a thousand backslashes': '\\'.repeat(1_000),
  'a thousand accents on one letter': `e${'\u0301'.repeat(1_000)}`,
  'accents without a letter': '\u0301\u0302',
  Chinese: '注意力就是你所需要的一切'.repeat(100),
  Thai: 'การเรียนรู้เชิงลึก',
  Hindi: 'गहन शिक्षण',
  'Arabic with vowels': 'اَلتَّعَلُّمُ العَمِيقُ',
  'Hebrew and a change of direction': '\u{202e}שלום\u{202c} abc',
  'private use': '\u{e000}model\u{e001} \u{f8ff}\u{10fffd}',
  'control characters': 'a\u{1}b\u{7f}c\u{85}d\u{9f}',
  emoji: '🤗👩‍🔬🇩🇪 1️⃣',
  'mathematical letters': '𝒪(𝓃²) 𝔹𝔼ℝ𝕋',
  'a letter that grows in small': 'İSTANBUL ŸẞŒ',
  'combining beyond the basic plane': '𐐀𐐁𝟘𝟙',
}

describe.each(Object.entries(hostile))('%s', (_name, text) => {
  test('is stored, found again and marked, and the paper is found by other words', async () => {
    const { db } = copy.database
    const title = `Zebra ${text}`
    const vector = paperTerms({ title, abstract: text, author_names: [text], keywords: [text] }).search
    const { rows } = await sql<{ found: boolean }>`
      select ${vector}::tsvector @@ 'zebra' as found`.execute(db)
    expect(rows[0]?.found).toBe(true)
    const typed = canonicalFilter({ text: text.slice(0, 1_000) })
    const { rows: matches } = await sql<{ matches: boolean }>`
      select ${sql.join([...filterConditions(typed), sql`true`], sql` and `)} as matches from (
        select ${vector}::tsvector as search, null::text as arxiv_id) p`.execute(db)
    expect(typeof matches[0]?.matches).toBe('boolean')
  })
})

describe('any text', () => {
  const texts = ['zebra', 'GPT-4o for C++', 'Müller, K. He', '注意力']
  beforeAll(() =>
    plant(
      copy.database.db,
      texts.map((title) => ({ title, abstract: `${title} again` })),
    ),
  )

  const anyText = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.toWellFormed().replaceAll('\0', '')),
    fc
      .array(
        fc.constantFrom(
          ...'-"()\\/<>&|!:*\'$^_{} or -a "b GPT 4o 2.5 Y. LeCun, year: 2024 author: org: 注意 ü'.split(
            /(?<=.)/u,
          ),
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join('')),
    fc.constantFrom(...Object.values(hostile)).map((text) => text.slice(0, 300)),
  )

  test('is a query, of which a statement of one filter and one of many find the same', async () => {
    const { db } = copy.database
    const { rows: papers } = await sql<{ id: number }>`select id from paper`.execute(db)
    const ids = papers.map(({ id }) => id)
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 8 }), async (given) => {
        const filters = given.map((text) => canonicalFilter({ text }))
        const together = await matchFilters(db, ids, filters)
        for (const [index, filter] of filters.entries()) {
          const { rows } = await sql<{ id: number }>`
            select p.id from paper p where ${sql.join([sql`true`, ...filterConditions(filter)], sql` and `)} order by p.id`.execute(
            db,
          )
          expect(together.filter((pair) => pair.filterIndex === index).map((pair) => pair.paperId)).toEqual(
            rows.map(({ id }) => id),
          )
        }
      }),
      { numRuns: 40 },
    )
  })

  test('is a document, and found by itself', async () => {
    const { db } = copy.database
    await fc.assert(
      fc.asyncProperty(
        anyText.filter((text) => !/["]|(?:^|\s)[-−–—]|\bor\b|:/iu.test(text)),
        async (text) => {
          const filter = canonicalFilter({ text })
          // A capital letter with a stop, or alone beside a word, is the initial of an author.
          if (typeof filter.text !== 'string' || /\p{Lu}\.|^\S+ [AIST]$|^[AIST] \S+$/u.test(filter.text))
            return
          const vector = paperTerms({
            title: filter.text,
            abstract: null,
            author_names: [],
            keywords: [],
          }).search
          const { rows } = await sql<{ found: boolean; asked: boolean }>`
          select p.search @@ q.query as found, numnode(q.query) > 0 as asked from (select ${vector}::tsvector as search) p,
            (select ${textQueryOf(filter.text).query}::tsquery as query) q`.execute(db)
          if (rows[0]?.asked) expect(rows[0].found, filter.text).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('leaves titles as they are in highlights', async () => {
    const { db } = copy.database
    const { rows: papers } = await sql<{ id: number; title: string }>`select id, title from paper`.execute(db)
    const ids = papers.map(({ id }) => id)
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const found = await highlightsByPaperIds(db, ids, canonicalFilter({ text }), false)
        for (const { id, title } of papers)
          expect(
            found
              .get(id)
              ?.title.map((piece) => piece.text)
              .join(''),
          ).toBe(title)
      }),
      { numRuns: 30 },
    )
  })
})
