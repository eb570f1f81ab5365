import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutHidden } from '../../db/model/hidden-characters.ts'
import { foldSpace, foldTyped, keywordKey, titleKey } from '../../db/model/text.ts'

describe('what is taken out of a text', () => {
  test.each([
    ['the title of a window', 'a\x1b]0;title\x07b', 'ab'],
    ['one that ends with ST', 'a\x1b]8;;https://x.test\x1b\\b', 'ab'],
    ['colours and the clearing of a screen', 'a\x1b[2Jb\x1b[1;31mc', 'abc'],
    ['sequences of eight bits', 'a\x9b31mb\x9d0;x\x9cc', 'abc'],
    ['a reset', 'a\x1bcb', 'ab'],
    ['a sequence that does not end', '\x1b]0;open', ']0;open'],
    ['sequences within one another', '\x1b\x1b[31m[31mx', '[31mx'],
    ['controls of both sets', 'a\0b\x07c\x7f\x81d', 'abcd'],
    ['overrides, with their ends', 'a\u202eb\u202c c\u202dd', 'ab cd'],
    ['isolates and embeddings that never end', 'a\u2067b \u202ac', 'ab c'],
    ['ends of nothing', 'a\u2069b\u202cc', 'abc'],
    ['zero-width spaces, byte order marks, word joiners', '\ufeffa\u200bb\u2060c', 'abc'],
    ['soft hyphens and invisible operators', 'soft\u00ad\u2062hyphen', 'softhyphen'],
    ['joiners between Latin letters', 'a\u200db\u200cc', 'abc'],
    ['marks of direction where nothing runs to the left', 'abc\u200f\u200e', 'abc'],
    ['halves of characters', 'half \ud83eof', 'half of'],
    ['noncharacters', 'a\ufffeb\ufdd0\u{1ffff}', 'ab'],
    ['tags', 'a\u{e0041}\u{e007f}b', 'ab'],
    ['variation selectors without a base, and in rows', '\ufe0fx❤\ufe0f\ufe0f\u{e0100}', 'x❤\ufe0f'],
  ])('%s', (_, text, clean) => expect(withoutHidden(text)).toBe(clean))

  test('controls that separate words become spaces', () => {
    expect(foldSpace('a\x85b\x1fc\u2028d\te')).toBe('a b c d e')
  })
})

describe('what stays', () => {
  test.each([
    ['Persian with a non-joiner', 'می\u200cخواهم'],
    ['Hindi with a joiner', 'क्\u200dष'],
    ['a family', '👨\u200d👩\u200d👧'],
    ['a skin tone', '👩🏽\u200d💻'],
    ['a heart and a keycap', '❤\ufe0f 1\ufe0f\u20e3'],
    ['a variant of a Chinese letter', '葛\u{e0100}'],
    ['Hebrew with a mark and an isolate that ends', '\u2067שלום\u2069 \u200fא!'],
    ['a private-use character', 'icon \ue000'],
    ['line breaks and tabs', 'a\n\tb'],
  ])('%s', (_, text) => expect(withoutHidden(text)).toBe(text))
})

test('the Arabic mark of direction stays beside letters that run to the left alone', () => {
  expect(withoutHidden('a\u061cb')).toBe('ab')
  expect(withoutHidden('ש\u061c1')).toBe('ש\u061c1')
})

test('a text without hidden characters has none, and what is searched is cleaned alike', () => {
  const piece = fc.constantFrom(
    ...[
      '\x1b',
      '[',
      ']',
      '31m',
      '\x07',
      '\x9b',
      '\0',
      '\u202e',
      '\u202c',
      '\u2067',
      '\u2069',
      '\u200d',
      '\u200c',
    ],
    ...['\ufeff', '\ud83e', '\udd00', '\u{e0041}', '\ufe0f', 'a', 'क', 'ש', '👩', ' ', '\n', '\ufffe'],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const clean = withoutHidden(pieces.join(''))
      expect(clean.isWellFormed()).toBe(true)
      expect(clean).not.toMatch(/(?![\n\t])\p{Cc}|[\u202d\u202e\ufeff\ufffe]|\u{e0041}/u)
      expect(foldSpace(foldSpace(clean))).toBe(foldSpace(clean))
      expect(foldTyped(clean)).not.toMatch(/[\u202a-\u202e]/)
    }),
    { numRuns: 2000 },
  )
})

test('the longest text of the worst kind costs what another does', () => {
  const count = (text: string) => withoutHidden(text).length
  for (const piece of ['\x1b]', '\x1b[', '\u200d', '\u202a', '\x9b0', '\ufe0f', '\u202a\u2067']) {
    expect(count(piece.repeat(200_000))).toBeLessThan(600_000)
  }
})

describe('what is stored has the key of what was given', () => {
  const given = fc.string({
    unit: fc.constantFrom(
      ...'ab 1"-שکᠠ👩\u0301\u180b\u180e\u200c\u200d\ufe0f\u061c\u202e\u202c\u3164\uffa0\u1160\xad',
    ),
    maxLength: 12,
  })
  test.each([
    ['a title', titleKey],
    ['a keyword', keywordKey],
    ['a text', foldSpace],
    ['a search', foldTyped],
  ])('%s', (_, keyOf) => {
    fc.assert(
      fc.property(given, (text) => {
        expect(keyOf(foldSpace(text))).toBe(keyOf(text))
      }),
      { numRuns: 500, seed: 0x180e, examples: [['Vo\u180ewel'], ['\uffa0a'], [' \ufe0f\u200d']] },
    )
  })
})
