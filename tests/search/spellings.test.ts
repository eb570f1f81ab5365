import { describe, expect, test } from 'vitest'
import { useTestDatabase } from '../support/database.ts'
import { foundTexts } from '../support/found-texts.ts'

const copy = useTestDatabase()
const found = (typed: string, texts: readonly string[]) => foundTexts(copy.database.db, typed, texts)

/** Each spelling finds each: what is typed and what is stored. Extra texts are found, or are not, by each. */
interface Group {
  readonly typed: readonly string[]
  readonly stored: readonly string[]
  readonly others: readonly string[]
}

const groups: Record<string, Group> = {
  'a name with a version': {
    typed: ['Qwen 2.5', 'Qwen2.5', 'qwen-2.5', 'QWEN 2.5', '"Qwen 2.5"'],
    stored: [
      'on Qwen2.5.',
      'Qwen 2.5 is',
      'Qwen-2.5',
      'Qwen2.5-7B-Instruct',
      'Qwen2.5VL',
      '(Qwen 2.5)',
      'Qwen2.5/Llama',
    ],
    others: ['Qwen3 has 2.5 billion', 'Qwen2.51', 'Qwen2', '2.5 times Qwen', 'Qwen 12.5'],
  },
  'a name with a whole number': {
    typed: ['gpt 5', 'GPT-5', 'gpt5', 'Gpt_5'],
    stored: ['with GPT-5,', 'GPT 5', 'gpt5', 'GPT-5-mini', 'GPT-5/Claude', 'GPT-5.1', 'gpt 5.1.2'],
    others: ['GPT-4 on 5 tasks', 'GPT-50', '5 GPT', 'GPT 4.5'],
  },
  'a word with a particle before it': {
    typed: ['on-policy', 'onpolicy'],
    stored: ['on-policy', 'on policy', 'onpolicy', 'On-Policy-Distillation', 'Drift-on-policy'],
    others: ['policy', 'a policy on it'],
  },
  'a word with a particle behind it': {
    typed: ['speed-up', 'speedup'],
    stored: ['speed-up', 'speed up', 'speedup', 'speed-ups'],
    others: ['speed', 'up to speed'],
  },
  'a word that says more than its particle': {
    typed: ['under explored', '"under explored"'],
    stored: ['underexplored', 'under-explored', 'under explored'],
    others: ['under'],
  },
  'a compound with an article': {
    typed: ['in-the-wild'],
    stored: ['in-the-wild', 'in the wild', 'In-The-Wild Videos'],
    others: ['in there'],
  },
  'a plural in small letters of what the stemmer does not know': {
    typed: ['grpos', 'GRPOs', 'grpo'],
    stored: ['GRPO', 'GRPOs'],
    others: ['GPO'],
  },
  'a name with a year': {
    typed: ['AIME 2024', 'AIME2024', 'aime-2024'],
    stored: ['AIME 2024', 'AIME2024', 'AIME-2024', "AIME'2024", 'AIME 2023/2024'],
    others: ['AIME in 2024', 'in 2024 AIME', 'AIME 2025'],
  },
  'a version with a letter behind': {
    typed: ['GPT-4o', 'gpt 4o', 'gpt4o'],
    stored: ['GPT-4o', 'gpt4o', 'GPT 4o', 'GPT-4o-mini'],
    others: ['GPT-4', 'GPT-40'],
  },
  'a version with a letter before': {
    typed: ['DeepSeek-R1', 'DeepSeek R1', 'deepseekr1'],
    stored: ['DeepSeek-R1', 'DeepSeek R1', 'DeepSeekR1', 'DeepSeek-R1-Zero'],
    others: ['DeepSeek-V3', 'R2 of DeepSeek', 'DeepSeek-R10'],
  },
  'a version behind a dot': {
    typed: ['Flux.1', 'flux 1', 'flux1'],
    stored: ['FLUX.1', 'Flux.1-dev'],
    others: ['flux.'],
  },
  'a version with a v': {
    typed: ['LLaVA 1.5', 'LLaVA-1.5'],
    stored: ['LLaVA-1.5', 'LLaVA-v1.5', 'LLaVA 1.5', 'LLaVA1.5'],
    others: ['LLaVA', 'LLaVA-OneVision 1.5'],
  },
  'three parts': {
    typed: ['Qwen2-VL', 'qwen2vl', 'Qwen 2 VL', 'qwen2 vl'],
    stored: ['Qwen2-VL', 'Qwen2-VL-7B', 'Qwen 2-VL'],
    others: ['Qwen-VL', 'Qwen3.2-VL'],
  },
  'a compound': {
    typed: ['fine-tuning', 'fine tuning', 'finetuning', 'finetuned', '"fine tuning"', 'Fine‑Tuning'],
    stored: ['fine-tuning', 'fine tuning', 'finetuning', 'fine-tuned', 'Finetune it', 'fine–tuning'],
    others: ['tuning', 'fine'],
  },
  'a compound of two long words': {
    typed: ['vision-language', 'vision language', '"vision-language"'],
    stored: [
      'vision-language',
      'vision language',
      'visionlanguage',
      'vision/language',
      'vision-language-action',
    ],
    others: ['vision', 'language'],
  },
  'a compound of many words': {
    typed: ['state-of-the-art', '"state of the art"'],
    stored: ['state-of-the-art', 'state of the art', 'State-Of-The-Art'],
    others: ['the art of the state'],
  },
  'an acronym': {
    typed: ['LLM', 'LLMs', 'llm', 'llms'],
    stored: ['an LLM', 'LLMs', 'LLM-based', 'llms', '(LLM)'],
    others: ['LLaMA', 'LM'],
  },
  'an acronym with a vowel before the s': {
    typed: ['GPU', 'GPUs', 'gpus', 'gpu'],
    stored: ['a GPU', 'GPUs', 'gpus', 'multi-GPU'],
    others: ['GP', 'GPT'],
  },
  'an acronym, all in capitals': {
    typed: ['GPUS', 'GPUs'],
    stored: ['a GPU', 'GPUs', 'gpus', 'multi-GPU', 'GPUS FOR ALL'],
    others: ['GP', 'GPT'],
  },
  'an acronym of consonants, all in capitals': {
    typed: ['VLMS', 'VLMs', 'VLM', 'vlms'],
    stored: ['a VLM', 'VLMs', 'VLMS IN ROBOTS'],
    others: ['VL', 'LM'],
  },
  'an acronym that ends with an s': {
    typed: ['TTS', 'TTSs', 'ttss', 'TTSS'],
    stored: ['TTS models', 'two TTSs'],
    others: ['TT', 'loss'],
  },
  'an acronym that ends with a vowel and an s': {
    typed: ['EOS', 'EOSs'],
    stored: ['the EOS token', 'two EOSs'],
    others: ['Earth Observation (EO)'],
  },
  'a word that ends with two s': {
    typed: ['loss', 'Loss', 'LOSS', 'losses'],
    stored: ['a loss'],
    others: ['LOS'],
  },
  'an acronym that is a small word': {
    typed: ['IT', '"IT"'],
    stored: ['IT managers', 'in IT.'],
    others: ['it is', 'It'],
  },
  'an acronym that is an operator': {
    typed: ['OR', ' OR '],
    stored: ['Operations Research (OR)'],
    others: ['this or that', 'Or not'],
  },
  'a small word in capitals among others': {
    typed: ['IT automation', 'automation IT'],
    stored: ['automation of IT'],
    others: ['automation of it', 'IT'],
  },
  'operators and shouting': {
    typed: ['MOUSE AND KEYBOARD', 'mouse AND keyboard', 'THE KEYBOARD IS A MOUSE'],
    stored: ['a mouse and a keyboard'],
    others: ['AND', 'IS'],
  },
  'a noun with the preposition of its verb': {
    typed: ['plug-in', 'plugin', 'Plug-in', 'plugins'],
    stored: ['a plug-in', 'plugin', 'plug-in-ready', 'plug-ins'],
    others: ['plug', 'in'],
  },
  'a noun with the preposition of its verb apart': {
    typed: ['plug in'],
    stored: ['a plug-in', 'plugin', 'plug-in-ready', 'plug', 'plug it in'],
    others: ['in', 'log in'],
  },
  'a letter and a word': {
    typed: ['k-means', 'kmeans', 'k means', '$k$-means'],
    stored: ['k-means', 'kmeans', 'k means', '$k$-means', 'K-Means clustering'],
    others: ['k and means', 'by means of'],
  },
  'an order of growth': {
    typed: ['O(n^2)', 'O(n²)', '$O(n^{2})$'],
    stored: ['in O(n^2) time', '$\\mathcal{O}(n^2)$', 'O(n²)'],
    others: ['O(n)', 'n 2 o'],
  },
  'a Greek letter': {
    typed: ['μLO', '$\\mu$LO', '\\mu LO', 'mu-LO', 'µLO'],
    stored: ['μLO:', '$μ$LO', '$\\mu$LO', 'mu LO'],
    others: ['LO', 'mu'],
  },
  'a letter with two transcriptions': {
    typed: ['Müller'],
    stored: ['Müller', 'Muller', 'Mueller', 'M\u{75}\u{308}ller', 'M\\"uller'],
    others: ['Miller'],
  },
  'a name with signs behind': {
    typed: ['C++', 'c++'],
    stored: ['in C++.', 'C/C++', '(C++)'],
    others: ['C', 'C#', 'c + d'],
  },
  'words joined by signs': {
    typed: ['mouse', 'MOUSE'],
    stored: [
      'keyboard/mouse',
      'a→mouse',
      'mouse—especially',
      '“mouse”',
      '<mouse>',
      'science.Mouse',
      'mouse…',
      '[mouse]',
    ],
    others: ['mousetrap'],
  },
  'words joined by signs, typed so': {
    typed: [
      'keyboard/mouse',
      'keyboard – mouse',
      'keyboard → mouse',
      'keyboard - mouse',
      'keyboard -- mouse',
      'keyboard " mouse',
    ],
    stored: ['mouse, keyboard', 'keyboard and mouse', 'keyboard/mouse'],
    others: ['keyboard'],
  },
  'a script without spaces': {
    typed: ['注意力', '"注意力"'],
    stored: ['稀疏注意力机制', '注意力'],
    others: ['注意', '意力'],
  },
  'a script from right to left': { typed: ['שלום'], stored: ['שלום עולם', '‏שָׁלוֹם‏'], others: ['עולם'] },
}

describe.each(Object.entries(groups))('%s', (_name, { typed, stored, others }) => {
  test.each(typed)('%s finds each spelling and nothing else', async (text) => {
    expect(await found(text, [...stored, ...others])).toEqual(stored)
  })
})
