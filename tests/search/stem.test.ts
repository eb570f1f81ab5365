import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { stemOf } from '../../db/tokens/stem.ts'
import { plantSeeds } from '../../seeds/plant.ts'
import { useTestDatabase } from '../support/database.ts'

const copy = useTestDatabase()

test('stems are those of Snowball, as Postgres has it', async () => {
  const { db } = copy.database
  await plantSeeds(db)
  const { rows } = await sql<{ word: string; stem: string | null }>`
    select distinct found.word, (ts_lexize('english_stem', found.word))[1] as stem
    from paper, regexp_split_to_table(lower(title || ' ' || coalesce(abstract, '')), '[^a-z]+') as found (word)
    where found.word <> ''`.execute(db)
  const words = rows.filter(({ stem }) => stem !== null) // null for stop words
  expect(words.length).toBeGreaterThan(500)
  const { rows: servers } = await sql<{ major: number }>`
    select current_setting('server_version_num')::integer / 10000 as major`.execute(db)
  // The Snowball of older ones takes a letter from `adding`.
  const isOther = ({ word }: { word: string }) => (servers[0]?.major ?? 0) < 18 && /^[aeo](.)\1/.test(word)
  const differing = words.filter(({ word, stem }) => stemOf(word) !== stem)
  expect(differing.filter((one) => !isOther(one))).toEqual([])
})

test.each([
  ['relational', 'relat'],
  ['generalizations', 'general'],
  ['hopefulness', 'hope'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['flies', 'fli'],
  ['ties', 'tie'],
  ['hopping', 'hop'],
  ['hoping', 'hope'],
  ['added', 'add'],
  ['agreed', 'agre'],
  ['happily', 'happili'],
  ['say', 'say'],
  ['cry', 'cri'],
  ['controll', 'control'],
  ['ß', 'ß'],
])('%s is %s', (word, stem) => expect(stemOf(word)).toBe(stem))
