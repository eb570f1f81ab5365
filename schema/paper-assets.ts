import type { PaperFields } from '../db/papers.ts'
import { builder } from './core/builder.ts'
import { Paper } from './paper.ts'

const kinds = {
  PDF: { description: 'The paper as PDF, on arXiv.' },
  CODE: { description: 'The code repository.' },
  PROJECT_PAGE: { description: 'The project page.' },
  THUMBNAIL: { description: 'An image of the first page.' },
  IMAGE: { description: 'An image that was uploaded with the paper.' },
  VIDEO: { description: 'A video that was uploaded with the paper.' },
}

const AssetKind = builder.enumType('AssetKind', {
  description: 'What the address of an `Asset` leads to.',
  values: kinds,
})

interface AssetFields {
  kind: keyof typeof kinds
  url: string
}

const Asset = builder.objectRef<AssetFields>('Asset').implement({
  description: 'Something of a paper that can be opened or shown.',
  fields: (t) => ({
    kind: t.expose('kind', { type: AssetKind, description: 'What it is.' }),
    url: t.expose('url', { type: 'URL', description: 'Its address.' }),
  }),
})

builder.objectField(Paper, 'assets', (t) =>
  t.field({
    type: [Asset],
    extensions: {
      columns: ['arxiv_id', 'github_repo', 'project_page', 'thumbnail_url', 'media_urls'],
      bound: 'the addresses of one paper and its media: 15 at most so far',
    },
    listSize: { assumedSize: 4 },
    description:
      'All that can be opened of the paper in one list: the PDF, the code, the project page, the thumbnail, images and videos. For models, datasets and Spaces, see `linkedModels` and its neighbours.',
    resolve: assetsOf,
  }),
)

function assetsOf({ arxiv_id, github_repo, project_page, thumbnail_url, media_urls }: PaperFields) {
  const assets: AssetFields[] = []
  const add = (kind: AssetFields['kind'], url: string | null) => {
    if (url !== null) assets.push({ kind, url })
  }
  add('PDF', arxiv_id && `https://arxiv.org/pdf/${arxiv_id}`)
  add('CODE', github_repo)
  add('PROJECT_PAGE', project_page)
  add('THUMBNAIL', thumbnail_url)
  for (const url of media_urls) add(isVideo(url) ? 'VIDEO' : 'IMAGE', url)
  return assets
}

/** By its ending, which all uploads have. */
function isVideo(url: string): boolean {
  return /\.(?:mp4|webm|mov|qt|m4v)$/i.test(new URL(url).pathname)
}
