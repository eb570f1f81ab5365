import { describe, expect, test } from 'vitest'
import { arxivIdOf } from '../../db/model/arxiv-id.ts'

describe('an arXiv id in what people paste', () => {
  test.each([
    ['2505.11711', '2505.11711'],
    [' 2505.11711v3 ', '2505.11711'],
    ['0704.0001', '0704.0001'],
    ['arXiv:2505.11711', '2505.11711'],
    ['arxiv: 2505.11711v2', '2505.11711'],
    ['https://arxiv.org/abs/2505.11711v1', '2505.11711'],
    ['http://export.arxiv.org/abs/2505.11711', '2505.11711'],
    ['arxiv.org/pdf/2505.11711.pdf', '2505.11711'],
    ['https://arxiv.org/pdf/2505.11711v2.pdf#page=3', '2505.11711'],
    ['https://arxiv.org/html/2505.11711v1?x=1', '2505.11711'],
    ['https://huggingface.co/papers/2505.11711', '2505.11711'],
    ['https://huggingface.co/papers/2505.11711#community', '2505.11711'],
    ['https://huggingface.co/papers/2505.11711/community', '2505.11711'],
    ['https://hf.co/papers/2505.11711', '2505.11711'],
    ['https://www.alphaxiv.org/abs/2505.11711', '2505.11711'],
    ['https://ar5iv.labs.arxiv.org/html/2505.11711', '2505.11711'],
    ['https://ar5iv.org/abs/2505.11711', '2505.11711'],
    ['https://browse.arxiv.org/abs/2505.11711v2', '2505.11711'],
    ['arXiv 2505.11711', '2505.11711'],
    ['arXiv:2505.11711v2 [cs.LG]', '2505.11711'],
    ['arXiv:2505.11711v2  [cs.LG]  16 May 2025', '2505.11711'],
    ['"2505.11711"', '2505.11711'],
    ['“2505.11711”', '2505.11711'],
    ['(arXiv:2505.11711).', '2505.11711'],
    ['<https://arxiv.org/abs/2505.11711>', '2505.11711'],
    ['[2505.11711]', '2505.11711'],
    ['10.48550/arXiv.2505.11711', '2505.11711'],
    ['https://doi.org/10.48550/arXiv.2505.11711', '2505.11711'],
    ['hep-th/9901001', 'hep-th/9901001'],
    ['HEP-TH/9901001v2', 'hep-th/9901001'],
    ['math.gt/0309136', 'math.GT/0309136'],
    ['https://arxiv.org/abs/math.GT/0309136', 'math.GT/0309136'],
  ])('%s', (text, id) => expect(arxivIdOf(text)).toBe(id))

  test.each([
    '',
    '2505',
    '2505.117',
    '2505.1171111',
    'about 2505.11711',
    'https://example.com/2505.11711',
    'https://myarxiv.org/abs/2505.11711',
    'https://arxiv.org/abs/2505.11711/2505.11712',
    '2505.11711 2505.11712',
    '-2505.11711',
    '""',
    'a/b',
    '10.1000/182',
  ])('%j is none', (text) => expect(arxivIdOf(text)).toBeUndefined())

  test('a megabyte of brackets is none, at once', () => {
    expect(arxivIdOf(`${')'.repeat(1_000_000)}x`)).toBeUndefined()
  })
})
