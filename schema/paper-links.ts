import { builder } from './core/builder.ts'
import { Paper } from './paper.ts'

const ofArxivId = { extensions: { columns: ['arxiv_id'] } }

builder.objectFields(Paper, (t) => ({
  pageUrl: t.field({
    ...ofArxivId,
    type: 'URL',
    nullable: true,
    description:
      'The page on Hugging Face, e.g. `https://huggingface.co/papers/2505.11711`. Null if `arxivId` is null.',
    resolve: ({ arxiv_id }) => arxiv_id && `https://huggingface.co/papers/${arxiv_id}`,
  }),
  discussionUrl: t.field({
    ...ofArxivId,
    type: 'URL',
    nullable: true,
    description: 'The discussion on Hugging Face, at the foot of `pageUrl`. Null if `arxivId` is null.',
    resolve: ({ arxiv_id }) => arxiv_id && `https://huggingface.co/papers/${arxiv_id}#community`,
  }),
  arxivUrl: t.field({
    ...ofArxivId,
    type: 'URL',
    nullable: true,
    description: 'The page on arXiv, e.g. `https://arxiv.org/abs/2505.11711`. Null if `arxivId` is null.',
    resolve: ({ arxiv_id }) => arxiv_id && `https://arxiv.org/abs/${arxiv_id}`,
  }),
  pdfUrl: t.field({
    ...ofArxivId,
    type: 'URL',
    nullable: true,
    description:
      'The PDF of the newest version on arXiv, e.g. `https://arxiv.org/pdf/2505.11711`. Null if `arxivId` is null.',
    resolve: ({ arxiv_id }) => arxiv_id && `https://arxiv.org/pdf/${arxiv_id}`,
  }),
}))
