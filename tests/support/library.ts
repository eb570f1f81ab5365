import type { Db } from '../../db/database.ts'
import type { PaperRecord } from '../../db/model/record.ts'
import { recordPapers } from '../../db/writer/index.ts'
import { anAuthor, aReading } from './records.ts'

const ada = anAuthor('Ada Lovelace', {
  account: { name: 'ada', fullName: 'Ada L.', avatarUrl: 'https://x.test/ada.png', isPro: true },
  claimStatus: 'claimed_verified',
  claimChangedAt: '2026-06-02T00:00:00.000Z',
})
const lab = { name: 'deepseek-ai', fullName: 'DeepSeek', avatarUrl: 'https://x.test/ds.png' }
const akhaliq = {
  name: 'akhaliq',
  fullName: 'AK',
  avatarUrl: 'https://x.test/ak.png',
  followerCount: 9000,
  isHf: true,
}
const taesiri = {
  name: 'taesiri',
  fullName: 'Taesiri',
  avatarUrl: 'https://x.test/t.png',
  followerCount: 800,
}

const papers: (Partial<PaperRecord> & Pick<PaperRecord, 'title'> & { day: string })[] = [
  {
    day: '2026-06-01',
    title: 'Sparse Attention for $\\mathcal{O}(n)$ Decoding',
    abstract: 'Attention is costly. We make it sparse & keep the <EOS> token; decoding takes linear time.',
    authors: [ada, anAuthor('Alan Turing'), anAuthor('Émile Zola')],
    upvotes: 42,
    commentCount: 3,
    keywords: ['Sparse Attention', 'decoding', 'KV cache'],
    organization: lab,
    githubRepo: 'https://github.com/deepseek-ai/sparse',
    githubStars: 1200,
    aiSummary: 'Sparse attention decodes in linear time.',
    aiSummaryModel: 'Qwen/Qwen2.5-Coder-32B-Instruct',
    categories: ['cs.LG', 'cs.CL'],
    primaryCategory: 'cs.LG',
    arxivVersion: 2,
    comment: '12 pages',
  },
  {
    day: '2026-06-01',
    title: 'Routing in Mixtures of Experts',
    abstract: 'Experts need routing. Sparse routing balances the load of mixtures.',
    authors: [anAuthor('Grace Hopper'), ada],
    upvotes: 17,
    commentCount: 5,
    keywords: ['Mixture-of-Experts', 'routing'],
    projectPage: 'https://moe.test',
  },
  {
    day: '2026-06-02',
    title: 'Diffusion Transformers at Scale',
    abstract: 'We scale diffusion transformers and watch the loss.',
    authors: [anAuthor('Émile Zola'), anAuthor('李明')],
    upvotes: 88,
    commentCount: 1,
    keywords: ['diffusion', 'transformers'],
    mediaUrls: ['https://x.test/video.mp4'],
    organization: { name: 'hkust', fullName: '香港科技大学' },
  },
  {
    day: '2026-06-02',
    title: 'A Survey of Sparse Training',
    abstract: 'Sparse training saves compute. We survey ten years of it.',
    authors: [anAuthor('Alan Turing')],
    upvotes: 5,
    keywords: ['sparsity', 'survey'],
    withdrawnAt: '2026-06-20T00:00:00.000Z',
  },
  {
    day: '2026-06-08',
    title: 'Decoding the KV Cache',
    abstract: 'What is in the cache? We read the keys and values that attention leaves behind.',
    authors: [ada, anAuthor('Grace Hopper'), anAuthor('李明')],
    upvotes: 30,
    commentCount: 2,
    keywords: ['KV cache', 'interpretability'],
    organization: lab,
    githubRepo: 'https://github.com/deepseek-ai/kv',
    githubStars: 77,
  },
  { day: '2026-06-08', title: 'On Nothing at All', abstract: 'Nothing is said of nothing.', upvotes: 0 },
]

/**
 * Six papers on three editions, each looked at on its day and on the two days after, with votes that grew; the
 * first was retitled, the second stands on a second edition too.
 */
export async function plantLibrary(db: Db): Promise<void> {
  for (const days of [0, 1, 2])
    for (const date of ['2026-06-01', '2026-06-02', '2026-06-08']) {
      const read = new Date(Date.parse(`${date}T10:00:00Z`) + days * 86_400_000).toISOString()
      const records = papers.flatMap(({ day, ...paper }, index) =>
        day === date ? [aPaperOf(paper, index, days, read)] : [],
      )
      await recordPapers(db, { source: 'huggingface', ...aReading(date, read, records) })
    }
  const [, routing] = papers
  if (!routing) return
  const again = { ...aPaperOf(routing, 1, 2, ''), listing: { date: '2026-06-08', submitter: taesiri } }
  await recordPapers(db, {
    source: 'huggingface',
    records: [{ ...again, observedAt: '2026-06-11T00:00:00.000Z' }],
  })
}

function aPaperOf(
  paper: Partial<PaperRecord> & Pick<PaperRecord, 'title'> & { day?: string },
  index: number,
  days: number,
  observedAt: string,
): PaperRecord {
  const { day, ...rest } = paper
  const title = index === 0 && days < 2 ? 'Sparse Attention' : paper.title
  const date = papers[index]?.day ?? ''
  return {
    ...rest,
    title,
    observedAt,
    arxivId: `2605.${String(index + 1).padStart(5, '0')}`,
    publishedAt: new Date(Date.parse(date) - 86_400_000 * (index + 1)).toISOString(),
    upvotes: Math.floor(((paper.upvotes ?? 0) * (days + 1)) / 3),
    commentCount: paper.commentCount ?? 0,
    listing: { date, submitter: index % 2 ? taesiri : akhaliq },
  }
}
