import { describe, expect, test } from 'vitest'
import { bibtex } from '../../schema/citations/bibtex.ts'
import type { Citable } from '../../schema/citations/citable.ts'

const paper: Citable = {
  id: 7,
  arxiv_id: '2505.11711',
  title: 'On the Role of $\\mu$P & 100% Sparse <EOS> Tokens',
  abstract: null,
  keywords: [],
  author_names: ['Éva Kovács', 'Łukasz Kaiser', '李明', 'Jean-Luc Picard, Jr.', 'Barnes and Noble'],
  published_on: '2025-05-16',
  primary_category: 'cs.LG',
  doi: null,
  journal_ref: null,
}

describe('BibTeX', () => {
  test('an entry of a preprint', () => {
    expect(bibtex(paper)).toBe(
      `@misc{kovacs2025role:2505.11711,
  title = {{On the Role of $\\mu$P \\& 100\\% Sparse \\textless{}EOS\\textgreater{} Tokens}},
  author = {Kov{\\'a}cs, {\\'E}va and Kaiser, {\\L}ukasz and 李明 and Picard, Jr., Jean-Luc and {Barnes and Noble}},
  year = {2025},
  eprint = {2505.11711},
  archivePrefix = {arXiv},
  primaryClass = {cs.LG},
  url = {https://arxiv.org/abs/2505.11711},
}`,
    )
  })

  test('an article, and a paper of which little is known', () => {
    const article = bibtex({ ...paper, journal_ref: 'Nature 1, 2 (2025)', doi: '10.1000/x_1' })
    expect(article).toMatch(/^@article\{/)
    expect(article).toContain('journal = {Nature 1, 2 (2025)},\n  doi = {10.1000/x_1},')
    const little = { ...paper, arxiv_id: null, author_names: [], primary_category: null }
    expect(bibtex({ ...little, title: '注意力' })).toBe(
      '@misc{paper2025:7,\n  title = {{注意力}},\n  key = {7},\n  year = {2025},\n}',
    )
    expect(bibtex({ ...little, title: 'The Attention' })).toContain('  key = {attention},')
  })

  test('no field ends the entry or begins another, whatever a client stored in it', () => {
    const hostile = 'x}, note = {\\input{y} {'
    const entry = bibtex({
      ...paper,
      journal_ref: hostile,
      doi: '10.1/}{ x',
      primary_category: 'cs}{',
      author_names: [hostile],
    })
    expect(entry).toContain('  doi = {10.1/%7D%7B%20x},')
    expect(entry).toContain('  primaryClass = {cs},')
    expect(entry).toContain('journal = {x, note = \\textbackslash{}input{y} },')
  })

  test.each([
    ['Antonio Laverghetta Jr.', 'Laverghetta, Jr., Antonio', 'laverghetta2025role'],
    ['Ludwig van Beethoven III', 'van Beethoven, III, Ludwig', 'beethoven2025role'],
    ['Laurens van der Maaten', 'Laurens van der Maaten', 'maaten2025role'],
    ['Juan-Manuel~Pérez-Rúa', "Juan-Manuel P{\\'e}rez-R{\\'u}a", 'perezrua2025role'],
    ['danah boyd', 'boyd, danah', 'boyd2025role'],
    ['Linxi "Jim" Fan', "Linxi ``Jim'' Fan", 'fan2025role'],
    ['Qingyao Ai', 'Qingyao Ai', 'ai2025role'],
    ['The Anh Han', 'The Anh Han', 'han2025role'],
    ['Huawei Lin', 'Huawei Lin', 'lin2025role'],
    ['Angel X. Chang', 'Angel X. Chang', 'chang2025role'],
  ])('the person %s', (name, author, key) => {
    const entry = bibtex({ ...paper, author_names: [name] })
    expect(entry).toContain(`  author = {${author}},`)
    expect(entry).toContain(`{${key}:2505.11711,`)
  })

  test.each([
    ['Qwen Team', 'qwen'],
    ['Inclusion AI', 'inclusion'],
    ['Bytedance Seed', 'bytedance'],
    ['Xiaohongshu Inc', 'xiaohongshu'],
    ['Clark Labs Inc.', 'clark'],
    ['The Soofi-Team', 'soofi'],
    ['Simple AI', 'simple'],
    ['Tencent Robotics X', 'tencent'],
    ['Team Hunyuan3D', 'hunyuan3d'],
    ['University of Example', 'example'],
    ['Allen Institute for AI', 'allen'],
    ['Barnes and Noble', 'barnes'],
    ['others', 'others'],
  ])('the group %s is kept whole', (name, key) => {
    const entry = bibtex({ ...paper, author_names: [name] })
    expect(entry).toContain(`  author = {{${name}}},`)
    expect(entry).toContain(`{${key}2025role:2505.11711,`)
  })

  test('two papers never have one key', () => {
    const keyOf = (entry: string) => /\{(.*),/.exec(entry)?.[1]
    expect(keyOf(bibtex({ ...paper, arxiv_id: '2505.11712' }))).not.toBe(keyOf(bibtex(paper)))
  })
})
