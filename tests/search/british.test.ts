import { expect, test } from 'vitest'
import { otherSpelling } from '../../db/tokens/spelling.ts'
import { useTestDatabase } from '../support/database.ts'
import { foundTexts } from '../support/found-texts.ts'

const copy = useTestDatabase()

test.each([
  ['policy optimisation', ['policy optimization', 'policies optimised', 'policy-optimisation'], ['policy']],
  ['policy optimization', ['policy optimization', 'policies optimised', 'policy-optimisation'], ['policy']],
  [
    '"generalisation bounds"',
    ['generalization bounds', 'generalisation bounds'],
    ['bounds of generalization'],
  ],
  ['analysing', ['we analyze', 'analysed', 'analyzers'], ['analog']],
  ['behaviour cloning', ['behavior cloning', 'behaviour cloning', 'cloned behaviors'], ['cloning']],
  ['dialog', ['dialogue systems', 'dialog'], ['diagonal']],
])('%s finds both spellings', async (typed, stored, others) => {
  expect(await foundTexts(copy.database.db, typed, [...stored, ...others])).toEqual(stored)
})

test.each(['supervised', 'precise', 'noise', 'pairwise', 'prize', 'expertise'])(
  '%s has one spelling',
  (word) => expect(otherSpelling(word)).toBe(undefined),
)
