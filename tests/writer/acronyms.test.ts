import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { acronymsIn, longFormKey } from '../../db/model/acronyms.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { learnAcronyms } from '../../db/writer/learn-acronyms.ts'
import { useTestDatabase } from '../support/database.ts'
import { arxivId, plant } from '../support/papers.ts'
import { aRecord, emptyStore } from '../support/records.ts'

describe('a text defines an acronym', () => {
  test.each([
    ['We train a Mixture-of-Experts (MoE) model.', 'MoE', 'Mixture-of-Experts'],
    ['Sparse Mixtures of Experts (MoEs; Shazeer et al.) scale.', 'MoE', 'Mixtures of Experts'],
    ['Large language models (LLMs, in short) write.', 'LLM', 'Large language models'],
    ['We use SFT (supervised fine-tuning) first.', 'SFT', 'supervised fine-tuning'],
    [
      'by reinforcement learning from human feedback (RLHF)',
      'RLHF',
      'reinforcement learning from human feedback',
    ],
    ['by proximal policy optimization (PPO)', 'PPO', 'proximal policy optimization'],
    ['a tree of thoughts (ToT) is searched', 'ToT', 'tree of thoughts'],
    ['for text-to-image (T2I) synthesis', 'T2I', 'text-to-image'],
    ['with test-time adaptation (TTA)', 'TTA', 'test-time adaptation'],
    ['of multi-modal large language models (MLLMs)', 'MLLM', 'multi-modal large language models'],
    ['with 3D Gaussian Splatting (3DGS)', '3DGS', '3D Gaussian Splatting'],
    ['Diffusion Transformers (DiTs) are slow', 'DiT', 'Diffusion Transformers'],
    ['a robot, vision-language-action (VLA) models', 'VLA', 'vision-language-action'],
  ])('%s', (text, acronym, longForm) => {
    expect(acronymsIn(text)).toEqual([{ acronym, longForm }])
  })

  test.each([
    'We compare with others (see Table 2), on many tasks (e.g., GSM8K) and models (7B).',
    'The experts are mixed. Then (MoE) follows.',
    'It wins (MoE).',
    'A model (which is large) and the MoE (MoE).',
    'Agents (Experts) of reinforcement learning (learning).',
    '(LLM) large language models',
    'for GPT-4 (OpenAI, 2023)',
  ])('but not in: %s', (text) => expect(acronymsIn(text)).toEqual([]))

  test('once, however often, and in whatever form', () => {
    const text =
      'Mixture-of-Experts (MoE) models. Mixtures of experts (MoEs) route; a mixture of expert (MoE).'
    expect(acronymsIn(text)).toEqual([{ acronym: 'MoE', longForm: 'mixture of expert' }])
  })

  test('and hostile texts cost little', () => {
    for (const piece of [' (', ' (A', ' (AB)', ' a-', ' (T2I', '2', ' \u{202e}(', ' 中文(', '\u{e000} (AB)'])
      expect(acronymsIn(piece.repeat(5_000)).length).toBeLessThan(2)
  })
})

test('spellings of one long form have one key', () => {
  const keys = (...texts: string[]) => new Set(texts.map(longFormKey)).size
  expect(keys('Mixture-of-Experts', 'mixtures of experts', 'mixture of expert')).toBe(1)
  expect(keys('multi-modal models', 'multimodal model', 'Multi modal models')).toBe(1)
  expect(keys('Markov decision processes', 'Markov decision process')).toBe(1)
  expect(keys('policies', 'policy')).toBe(1)
  expect(keys('in-distribution', 'distribution')).toBe(2)
  expect(keys('text-to-image', 'text image')).toBe(2)
})

describe('the writer counts the papers that define an acronym', () => {
  const store = useTestDatabase()
  beforeEach(() => emptyStore(store.database.db))

  const counts = async () => {
    const { rows } = await sql<{ acronym: string; long: string; papers: number }>`
      select acronym, long_form as long, papers from acronym order by key, long_key, long_form`.execute(
      store.database.db,
    )
    return rows.map(({ acronym, long, papers }) => `${acronym} = ${long}: ${papers}`)
  }
  const moe = 'A Mixture-of-Experts (MoE) routes.'
  const rlhf = 'Reinforcement learning from human feedback (RLHF) aligns.'

  test('each once', async () => {
    await plant(store.database.db, [
      { abstract: `${moe} ${moe} ${rlhf}` },
      { title: 'Mixtures of Experts (MoEs)', abstract: moe },
      { abstract: 'Others (MoE) say nothing.' },
    ])
    expect(await counts()).toEqual([
      'MoE = mixture-of-experts: 2',
      'RLHF = reinforcement learning from human feedback: 1',
    ])
  })

  test('as their texts are, in whatever order they came, and not what they once were', async () => {
    const { db } = store.database
    const old = aRecord({ abstract: moe, observedAt: '2026-06-01T00:00:00.000Z' })
    const now = aRecord({ abstract: rlhf, observedAt: '2026-06-02T00:00:00.000Z' })
    for (const records of [[old, now], [now, old], [old], [now], [now]]) {
      await recordPapers(db, { source: 'huggingface', records })
    }
    expect(await counts()).toEqual(['RLHF = reinforcement learning from human feedback: 1'])
    await recordPapers(
      db,
      {
        source: 'huggingface',
        records: [{ ...now, abstract: moe, observedAt: '2026-06-03T00:00:00.000Z' }],
      },
      { dryRun: true },
    )
    expect(await counts()).toEqual(['RLHF = reinforcement learning from human feedback: 1'])
    const spelled = {
      ...now,
      abstract: moe.replace('Expert', 'expert'),
      observedAt: '2026-06-04T00:00:00.000Z',
    }
    await recordPapers(db, { source: 'huggingface', records: [spelled] })
    expect(await counts()).toEqual(['MoE = mixture-of-experts: 1'])
  })

  test('papers that were there before are counted later, once, while others are written', async () => {
    const { db } = store.database
    const papers = Array.from({ length: 1_203 }, () => ({ abstract: moe }))
    await plant(db, papers)
    await sql`delete from acronym`.execute(db)
    await sql`update acronym_build set built_to = 0`.execute(db)
    const interrupted = new AbortController()
    const onProgress = () => interrupted.abort()
    expect(await learnAcronyms(db, { signal: interrupted.signal, onProgress })).toBe(500)
    expect(await counts()).toEqual(['MoE = mixture-of-experts: 500'])
    // One that is counted and one that is not say something else; a new one comes.
    const again = [3, 1_100].map((number) => ({ arxivId: arxivId(number), title: `Paper ${number}` }))
    await plant(
      db,
      [...again, { arxivId: arxivId(2_000), title: 'New' }].map((paper) => ({
        ...paper,
        abstract: rlhf,
        observedAt: '2026-07-01T00:00:00.000Z',
      })),
    )
    expect(await counts()).toEqual([
      'MoE = mixture-of-experts: 499',
      'RLHF = reinforcement learning from human feedback: 1',
    ])
    const both = await Promise.all([learnAcronyms(db), learnAcronyms(db)])
    expect(both.reduce((sum, papers) => sum + papers, 0)).toBe(704)
    expect(await learnAcronyms(db)).toBe(0)
    expect(await counts()).toEqual([
      'MoE = mixture-of-experts: 1201',
      'RLHF = reinforcement learning from human feedback: 3',
    ])
    await plant(db, [{ arxivId: arxivId(3_000), title: 'Newer', abstract: moe }])
    expect(await counts()).toContain('MoE = mixture-of-experts: 1202')
  })
})
