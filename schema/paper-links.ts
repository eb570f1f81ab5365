import { builder } from './core/builder.ts'
import { Paper } from './paper.ts'

const ofArxivId = { extensions: { columns: ['arxiv_id'] } }

builder.objectFields(Paper, (t) => ({
  pageUrl: t.field({
    ...ofArxivId,
    type: 'URL',
    nullable: true,
    description:
      'Its page on Hugging Face, e.g. `https://huggingface.co/papers/2505.11711`. Null without an arXiv id.',
    resolve: ({ arxiv_id }) => arxiv_id && `https://huggingface.co/papers/${arxiv_id}`,
  }),
  discussionUrl: t.field({
    ...ofArxivId,
    type: 'URL',
    nullable: true,
    description: 'Its discussion on Hugging Face, at the foot of `pageUrl`. Null without an arXiv id.',
    resolve: ({ arxiv_id }) => arxiv_id && `https://huggingface.co/papers/${arxiv_id}#community`,
  }),
  arxivUrl: t.field({
    ...ofArxivId,
    type: 'URL',
    nullable: true,
    description: 'Its page on arXiv, e.g. `https://arxiv.org/abs/2505.11711`. Null without an arXiv id.',
    resolve: ({ arxiv_id }) => arxiv_id && `https://arxiv.org/abs/${arxiv_id}`,
  }),
  pdfUrl: t.field({
    ...ofArxivId,
    type: 'URL',
    nullable: true,
    description:
      'Its PDF on arXiv, the newest version, e.g. `https://arxiv.org/pdf/2505.11711`. Null without an arXiv id.',
    resolve: ({ arxiv_id }) => arxiv_id && `https://arxiv.org/pdf/${arxiv_id}`,
  }),
}))
