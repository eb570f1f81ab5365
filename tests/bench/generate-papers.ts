import { addDays } from '../../db/model/period.ts'
import type { SearchedTexts } from '../../db/tokens/document.ts'
import { inventWord, peopleNames, type Random, randomFrom, vocabulary, zipf } from './generate-words.ts'

/** What all papers are drawn from. */
export interface World {
  readonly amount: number
  readonly words: readonly string[]
  readonly authors: readonly string[]
  readonly keywords: readonly string[]
  readonly organizations: readonly string[]
  readonly accounts: readonly string[]
  /** The editions, oldest first, and how many papers are first listed up to the end of each. */
  readonly editions: readonly { readonly date: string; readonly papersSoFar: number }[]
  /** Words in titles that are in no vocabulary: names of methods. */
  readonly coined: Set<string>
}

/** Columns of `paper` as JSON has them. */
export type PaperJson = Record<string, unknown> & { id: number } & SearchedTexts

/** `text` gives words in print; the newest edition is that of `until`, `YYYY-MM-DD`. */
export function createWorld(amount: number, text: string, until: string): World {
  const random = randomFrom(1)
  const words = vocabulary(text, 60_000, random)
  const draw = zipf(words.length, 60)
  const phrases = new Set<string>(['reinforcement learning', 'large language models', 'chain-of-thought'])
  while (phrases.size < Math.min(100_000, 1000 + amount))
    phrases.add(`${words[draw(random)]}${random() < 0.3 ? '-' : ' '}${words[draw(random)]}`)
  return {
    amount,
    words,
    authors: peopleNames(Math.ceil(amount / 3) + 100, random),
    keywords: [...phrases],
    organizations: Array.from({ length: 3_000 }, () => `${inventWord(random, 3)}-${inventWord(random, 1)}`),
    accounts: ['akhaliq', ...Array.from({ length: 5_000 }, (_, n) => `${inventWord(random, 3)}${n}`)],
    editions: editionsUntil(until, amount, random),
    coined: new Set(),
  }
}

/** Editions of 20 to 60 papers, one for each day backwards from the newest: a million papers take some 68 years. */
function editionsUntil(until: string, amount: number, random: Random): World['editions'] {
  const editions: { date: string; papersSoFar: number }[] = []
  for (let left = amount, date = until; left > 0; date = addDays(date, -1)) {
    editions.unshift({ date, papersSoFar: left })
    left -= 20 + Math.floor(random() * 41)
  }
  return editions
}

const drawers = new WeakMap<World, ReturnType<typeof drawersOf>>()

function drawersOf(world: World) {
  return {
    // Half of the abstracts have the commonest word.
    word: zipf(world.words.length, 13),
    titleWord: zipf(world.words.length, 40),
    // The commonest name is on some 5,000 of a million papers, the commonest keyword on a tenth of them.
    author: zipf(world.authors.length, 200),
    keyword: zipf(world.keywords.length, 10),
    organization: zipf(world.organizations.length, 5),
    account: zipf(world.accounts.length, 10),
    category: zipf(categories.length, 2),
  }
}

const categories =
  'cs.CL cs.CV cs.LG cs.AI cs.RO stat.ML cs.IR cs.SD eess.AS cs.MM cs.HC cs.GR cs.SE cs.CR cs.DC cs.NE eess.IV cs.MA cs.CY cs.DB physics.comp-ph q-bio.QM math.OC cond-mat.stat-mech quant-ph'.split(
    ' ',
  )

/** Papers with the keys from `from` to `to`; the same whichever the others are. */
export function generateRows(world: World, from: number, to: number): PaperJson[] {
  const draw = drawers.get(world) ?? drawersOf(world)
  drawers.set(world, draw)
  const rows: PaperJson[] = []
  let place = world.editions.findIndex(({ papersSoFar }) => papersSoFar >= from)
  for (let id = from; id <= to; id++) {
    while ((world.editions[place]?.papersSoFar ?? id) < id) place++
    rows.push(paperOf(world, draw, id, world.editions[place]?.date ?? ''))
  }
  return rows
}

function paperOf(world: World, draw: ReturnType<typeof drawersOf>, id: number, day: string): PaperJson {
  const random = randomFrom(id)
  const texts = (from: readonly string[], ranks: (random: Random) => number, amount: number) =>
    Array.from({ length: amount }, () => from[ranks(random)] ?? '')
  const different = (...given: [readonly string[], (random: Random) => number, number]) => [
    ...new Set(texts(...given)),
  ]
  const titleWords = texts(world.words, draw.titleWord, 5 + Math.floor(random() * 6))
  const title = titleWords.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
  const name = random() < 0.3 ? inventWord(random, 3) : undefined
  if (name !== undefined) world.coined.add(name)
  const fullTitle = name === undefined ? title : `${name.toUpperCase()}: ${title}`
  const abstract = Array.from({ length: 5 }, () => `${texts(world.words, draw.word, 16).join(' ')}.`).join(
    ' ',
  )
  const authors = different(world.authors, draw.author, authorCount(random))
  const keywords = different(world.keywords, draw.keyword, 10)
  const upvotes = Math.min(5_000, Math.floor(2 * (1 - random()) ** -0.9) - 1)
  const hasCode = random() < 0.4
  const organization = random() < 0.45 ? world.organizations[draw.organization(random)] : undefined
  const listed = random() < 0.02 ? [day, addDays(day, 1)] : [day]
  const submitter = random() < 0.15 ? 'akhaliq' : (world.accounts[draw.account(random)] ?? '')
  const tags = different(categories, draw.category, 1 + Math.floor(random() * 3))
  const published = `${addDays(day, -1 - Math.floor(random() * 3))}T${clock(random)}`
  return {
    id,
    arxiv_id: `${published.slice(2, 4)}${published.slice(5, 7)}.${String(id % 100_000).padStart(5, '0')}`,
    title: fullTitle,
    title_key: fullTitle.toLowerCase().replace(':', ''),
    abstract: `${abstract.charAt(0).toUpperCase()}${abstract.slice(1)}`,
    published_at: published,
    author_count: authors.length,
    author_names: authors,
    upvotes,
    comment_count: Math.floor(upvotes * random() * 0.2),
    github_stars: hasCode ? Math.floor(5 * (1 - random()) ** -0.9) : null,
    github_repo: hasCode ? `https://github.com/${submitter}/p${id}` : null,
    organization_name: organization ?? null,
    ai_summary: texts(world.words, draw.word, 15).join(' '),
    ai_summary_model: 'Qwen/Qwen2.5-Coder-32B-Instruct',
    keywords,
    keyword_keys: keywords,
    project_page: random() < 0.2 ? `https://${submitter}.github.io/p${id}` : null,
    thumbnail_url: `https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/${id}.png`,
    media_urls: random() < 0.2 ? [`https://cdn-uploads.huggingface.co/production/uploads/${id}.mp4`] : [],
    primary_category: tags[0],
    categories: tags,
    arxiv_version: 1,
    listed_on: listed,
    first_listed_on: listed[0],
    last_listed_on: listed.at(-1),
    submitter_names: [submitter],
    provenance: { '*': `huggingface@${day}T12:00:00.000Z` },
    ingested_at: `${day}T12:00:00Z`,
    updated_at: `${day}T12:00:00Z`,
  }
}

/** Seven in the middle, now and then a consortium. */
function authorCount(random: Random): number {
  if (random() < 0.002) return 100 + Math.floor(random() * 300)
  return Math.max(1, Math.round(7 * Math.exp(0.55 * (random() + random() + random() + random() - 2) * 1.7)))
}

function clock(random: Random): string {
  const part = (below: number) => String(Math.floor(random() * below)).padStart(2, '0')
  return `${part(24)}:${part(60)}:${part(60)}Z`
}
