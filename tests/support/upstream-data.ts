import { fixtureText } from './source-data.ts'

/** The feed that arXiv gives for ids: its own format, the fixture's texts. */
export function atomFeed(ids: readonly string[]): string {
  const saved = fixtureText('arxiv-2026.xml')
  const [entry = ''] = /<entry>.*?<\/entry>/s.exec(saved) ?? []
  const ownId = /abs\/([\d.]+)v/.exec(entry)?.[1] ?? ''
  const head = saved.slice(0, saved.indexOf('<entry>'))
  return `${head}${ids.map((id) => entry.replaceAll(ownId, id)).join('\n')}</feed>`
}

export interface EntryParts {
  id: string
  date: string
  upvotes?: number
  title?: string
}

/** An entry in the shape of 2026. */
export function anEntry({ id, date, upvotes = 1, title = `Paper ${id}` }: EntryParts) {
  const submitter = { _id: '6039478ab3ecf716b1a5fd4d', fullname: 'AK', name: 'akhaliq', user: 'akhaliq' }
  const publishedAt = `${date}T00:00:00.000Z`
  return {
    paper: {
      id,
      authors: [{ _id: '6a01c1f5675c142cf74da1a1', name: 'Ada Lovelace', hidden: false }],
      publishedAt,
      submittedOnDailyAt: publishedAt,
      title,
      submittedOnDailyBy: { ...submitter, avatarUrl: '/avatars/a.svg', isPro: false, type: 'user' },
      summary: 'We study papers.',
      upvotes,
      discussionId: '6a01c1f5675c142cf74da1a0',
    },
    publishedAt,
    title,
    summary: 'We study papers.',
    numComments: 1,
    submittedBy: {
      ...submitter,
      avatarUrl: 'https://a.example/a.svg',
      isPro: false,
      isHf: true,
      isMod: false,
    },
    isAuthorParticipating: false,
  }
}

/** So many entries of a day, with ids from `<prefix>.00001` on and falling votes. */
export function entries(count: number, date: string, prefix = date.slice(2, 7).replace('-', '')) {
  return Array.from({ length: count }, (_, index) =>
    anEntry({ id: `${prefix}.${String(index + 1).padStart(5, '0')}`, date, upvotes: count - index }),
  )
}
