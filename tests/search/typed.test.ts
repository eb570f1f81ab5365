import { describe, expect, test } from 'vitest'
import { arxivIdsIn, withoutArxivIds } from '../../db/model/arxiv-id.ts'
import { canonicalFilter, filterByWords } from '../../db/search/filter.ts'
import { readTyped } from '../../db/search/typed.ts'

describe('arXiv ids among words', () => {
  test.each([
    ['[2405.18424] 3DitScene: Editing Any Scene', ['2405.18424']],
    ['3DitScene (arXiv:2405.18424)', ['2405.18424']],
    ['arXiv-2405.18424v1.tar.gz and arxiv_2406.00153', ['2405.18424', '2406.00153']],
    ['see https://arxiv.org/abs/2405.18424v2 for details', ['2405.18424']],
    ['see https://arxiv.org/pdf/2405.18424.pdf.', ['2405.18424']],
    ['https://arxiv.org/html/2405.18424v1#S3, please', ['2405.18424']],
    ['https://huggingface.co/papers/2405.18424 is good', ['2405.18424']],
    ['doi:10.48550/arXiv.2405.18424 and more', ['2405.18424']],
    ['https://doi.org/10.48550/arXiv.2405.18424 and more', ['2405.18424']],
    ['2405.18424 3DitScene', ['2405.18424']],
    ['`2405.18424`', ['2405.18424']],
    ['#2405.18424', ['2405.18424']],
    ['id:2405.18424', ['2405.18424']],
    ['arXiv.2405.18424', ['2405.18424']],
    ['abs/2405.18424', ['2405.18424']],
    ['cs.CV/2405.18424', ['2405.18424']],
    ['https://www.semanticscholar.org/arxiv/2405.18424', ['2405.18424']],
    ['[A Low-Rank-Study](https://huggingface.co/papers/2405.18424)', ['2405.18424']],
    ['2405.18424, 2406.00153 and arXiv:2405.18424v3', ['2405.18424', '2406.00153']],
    ['hep-th/9901001 and math.gt/0309136', ['hep-th/9901001', 'math.GT/0309136']],
    ['0704.0001 is old', ['0704.0001']],
  ])('%s', (text, ids) => expect(arxivIdsIn(text)).toEqual(ids))

  test.each([
    ...[
      'diffusion -2405.18424',
      'diffusion -https://arxiv.org/abs/2405.18424',
      '2413.18424 has no month',
      '12405.18424',
      '2405.184241',
      '2405.18424.1',
      '2405.184',
    ],
    ...['3.1415926', 'a/1234567', '', 'x2405.18424', '2405.18424x'],
  ])('%j has none', (text) => expect(arxivIdsIn(text)).toEqual([]))

  test('what is left of a text', () => {
    expect(withoutArxivIds('[2405.18424] 3DitScene').replace(/[^\w]+/g, ' ')).toBe(' 3DitScene')
  })
})

test.each([
  ['Paper page - Robust Gaussian Splatting', 'Robust Gaussian Splatting'],
  ['Robust Gaussian Splatting - arXiv', 'Robust Gaussian Splatting'],
  ['Robust Gaussian Splatting | Hugging Face', 'Robust Gaussian Splatting'],
  ['(PDF) Robust Gaussian Splatting', 'Robust Gaussian Splatting'],
  ['[12] Robust Gaussian Splatting', 'Robust Gaussian Splatting'],
  ['Robust Gaussian Splatting · GitHub', 'Robust Gaussian Splatting'],
  ['title = {Robust Gaussian Splatting},', 'Robust Gaussian Splatting'],
  ['A Robust Gaussian Splatting (2024)', 'A Robust Gaussian Splatting'],
  ['NeurIPS (2024)', 'NeurIPS (2024)'],
  ['Author: Yann LeCun', 'author:Yann LeCun'],
  ['authors: LeCun', 'author:LeCun'],
  ['Keyword: agents', 'keyword:agents'],
  ['The Death of the Author: A Study', 'The Death of the Author: A Study'],
  ['papers by Yann LeCun', 'Yann LeCun'],
  ['papers by the sea', 'papers by the sea'],
  ['Robust_Gaussian_Splatting.pdf', 'Robust_Gaussian_Splatting'],
  ['robust-gaussian-splatting.html', 'robust-gaussian-splatting'],
  ['A_Robust_AI.PDF', 'A_Robust_AI'],
  ['Node.js', 'Node.js'],
  ['Robust Gaus-\n  sian Splatting', 'Robust Gaus-sian Splatting'],
  ['Robust Gaus-\r\nsian Splatting', 'Robust Gaus-sian Splatting'],
  ['Rule-\nand Model-Based', 'Rule- and Model-Based'],
  ['Sparse -\ngaussian', 'Sparse - gaussian'],
  ['Vaswani et al., 2017', 'author:"Vaswani"'],
  ['Vaswani et al. (2017b) attention', 'Vaswani attention'],
  ['et al', 'et al'],
  ['A paper page - about arXiv', 'A paper page - about arXiv'],
])('the title in %s', (text, title) => expect(readTyped(text).text).toBe(title))

test.each([
  ['year:2024 diffusion', { text: 'diffusion', publishedFrom: '2024-01-01', publishedTo: '2024-12-31' }],
  ['diffusion year:2023-2025', { text: 'diffusion', publishedFrom: '2023-01-01', publishedTo: '2025-12-31' }],
  ['diffusion year:2023..', { text: 'diffusion', publishedFrom: '2023-01-01' }],
  ['diffusion year:..2023', { text: 'diffusion', publishedTo: '2023-12-31' }],
  ['diffusion year:>=2023', { text: 'diffusion', publishedFrom: '2023-01-01' }],
  ['diffusion YEAR:>2023', { text: 'diffusion', publishedFrom: '2024-01-01' }],
  ['diffusion year:<2023', { text: 'diffusion', publishedTo: '2022-12-31' }],
  ['year:2023-2025 year:2024-2026', { publishedFrom: '2024-01-01', publishedTo: '2025-12-31' }],
  ['org:nvidia diffusion', { text: 'diffusion', organizationWords: ['nvidia'] }],
  ['diffusion org:"Tencent Hunyuan"', { text: 'diffusion', organizationWords: ['Tencent Hunyuan'] }],
  ['diffusion -org:nvidia', { text: 'diffusion', excludedOrganizationWords: ['nvidia'] }],
  ['-org:"Tencent Hunyuan"', { excludedOrganizationWords: ['Tencent Hunyuan'] }],
  ['diffusion -year:2024', { text: 'diffusion', notPublishedIn: ['[2024-01-01,2024-12-31]'] }],
  ['-year:<2020 diffusion', { text: 'diffusion', notPublishedIn: ['[,2019-12-31]'] }],
  ['diffusion -year:2025-2023', { text: 'diffusion' }],
  ['diffusion -year:soon', { text: 'diffusion -year:soon' }],
  ['diffusion - org:nvidia', { text: 'diffusion -', organizationWords: ['nvidia'] }],
  ['year: 2024', { text: 'year: 2024' }],
  ['year:soon', { text: 'year:soon' }],
  ['year:0000', { text: 'year:0000' }],
  ['leap-year:2024', { text: 'leap-year:2024' }],
])('%s', (text, filter) => expect(canonicalFilter({ text })).toEqual(filter))

test('a year of the text and days of the filter both hold', () => {
  const filter = { text: 'x year:2024', publishedFrom: '2024-06-01', publishedTo: '2026-01-01' }
  expect(canonicalFilter(filter)).toEqual({
    text: 'x',
    publishedFrom: '2024-06-01',
    publishedTo: '2024-12-31',
  })
})

test('a text that nobody sees is a text, and finds nothing', () => {
  expect(canonicalFilter({ text: '\u{200b}' })).toEqual({ text: '' })
})

test('ids replace words, or are left out', () => {
  expect(canonicalFilter({ text: 'see 2405.18424' })).toEqual({ arxivIds: ['2405.18424'] })
  expect(filterByWords({ text: 'see 2405.18424' })).toEqual({ text: 'see' })
  expect(filterByWords({ text: '2405.18424' })).toEqual({ text: '2405.18424' })
})
