import { describe, expect, test } from 'vitest'
import { setText } from '../../src/page/set-text.ts'
import { wholeWords } from '../../src/page/whole-words.ts'

const set = (text: string) => String(setText(text))

describe('a text is shown', () => {
  test.each([
    ['plain words & signs', 'plain words &amp; signs'],
    ['DA^{2} and pi_{0.5}', 'DA<sup>2</sup> and pi<sub>0.5</sub>'],
    ['2.3\\times faster, 96\\% of it', '2.3× faster, 96% of it'],
    ["\\emph{one} ``two'' \\textsc{Three}", '<em>one</em> “two” Three'],
    ['\\unknown{x} \\href{a}{b}', '\\unknown{x} \\href{a}{b}'],
    ['from $5 to $10 a month', 'from $5 to $10 a month'],
    ['$x_1$ here', '<math><msub><mi>x</mi><mn>1</mn></msub></math> here'],
    ['a \\(b\\) c', 'a <math><mi>b</mi></math> c'],
    ['$\\nosuch{x}$', '$\\nosuch{x}$'],
    ['$\\text{<b>}$', '<math><mtext>&lt;b&gt;</mtext></math>'],
  ])('%s', (text, html) => expect(set(text)).toBe(html))
})

test('a formula brings no address, style or size into a page', () => {
  for (const text of [
    '$\\href{https://x.test}{x}$',
    '$\\includegraphics{https://x.test/a.png}$',
    '$\\style{position:fixed}{x}$',
    '$\\class{skip}{x}$ $\\id{main}{x}$',
    '$\\color{red}{x} \\colorbox{red}{y}$',
    '$\\hspace{-100em}x \\rule{900em}{900em} \\kern-50em$',
    '$\\def\\a{\\a\\a}\\a$ $\\gdef\\b{x}$ $\\b$',
  ])
    expect(set(text)).not.toMatch(
      /<[^>]*\s(?:href|src|style|class|id|width|height|mathcolor|mathbackground)=/,
    )
})

test('what is long, deep or wide is cut short', () => {
  const hostile = [
    ...['$', '\\', '^{', '\\emph{', '`', 'a_{1}', '$\\frac', '$$', '\\(', '\\left('],
    ...['$\\sqrt{', '$x^{', '$\\def\\a#1{#1#1#1}\\a{\\a{\\a{x}}}$'],
  ]
  for (const piece of hostile) {
    const text = piece.repeat(100_000 / piece.length)
    expect(set(text).length).toBeLessThan(6 * text.length)
    expect(set(text.slice(0, 6_000)).length).toBeLessThan(600_000)
  }
})

test('words are shown whole, in the order of their terms and in small letters where they have them', () => {
  const text =
    'Reinforcement Learning with Verifiable Rewards. We learn by reinforcement, with GRPO and VLMs: a VLM.'
  expect(wholeWords(['reinforc', 'vlms', 'vlm', 'reward', 'grpo', 'none'], text)).toEqual([
    ...['reinforcement', 'VLM', 'Rewards', 'GRPO'],
  ])
})

test('words that say nothing of a subject, and those within others, are not shown', () => {
  const text = 'Towards Agents: Beyond Game Agents, using an agent'
  expect(wholeWords(['toward', 'beyond', 'use', 'agent', 'gameag'], text)).not.toContain('Towards')
  expect(wholeWords(['toward', 'beyond', 'agent'], text)).toEqual(['agent'])
})
