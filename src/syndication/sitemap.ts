import type { Db } from '../../db/database.ts'
import { type Period, parsePeriod } from '../../db/model/period.ts'
import { sitemapEditions, sitemapMonths, sitemapPapers } from '../../db/sitemap.ts'
import { ApiError } from '../../schema/core/errors.ts'
import { encodeGlobalId } from '../../schema/core/ids.ts'
import type { MadeDocument } from './documents-sender.ts'
import { xmlDocument } from './xml.ts'

const namespace = 'http://www.sitemaps.org/schemas/sitemap/0.9'
const mediaType = 'application/xml; charset=utf-8'

/** The sitemaps of all months (sitemaps.org). */
export async function sitemapIndex(db: Db, base: string): Promise<MadeDocument> {
  const months = await sitemapMonths(db)
  const sitemap = months.map(({ month, changed_at }) => ({
    loc: `${base}/sitemaps/${month}.xml`,
    lastmod: changed_at.toISOString(),
  }))
  return { mediaType, text: xmlDocument({ sitemapindex: { '@xmlns': namespace, sitemap } }) }
}

/** The pages of the editions and of the papers published in a month. Rejects with an ApiError, NOT_FOUND, if it has none. */
export async function sitemapOfMonth(db: Db, base: string, { from, to }: Period): Promise<MadeDocument> {
  const [editions, papers] = await Promise.all([sitemapEditions(db, from, to), sitemapPapers(db, from, to)])
  if (editions.length + papers.length === 0) throw noSitemap()
  const url = [
    ...editions.map(({ date, changed_at }) => ({ path: `editions/${date}`, changed_at })),
    ...papers.map(({ id, arxiv_id, changed_at }) => ({
      path: `papers/${arxiv_id ?? encodeURIComponent(encodeGlobalId('Paper', id))}`,
      changed_at,
    })),
  ].map(({ path, changed_at }) => ({ loc: `${base}/${path}`, lastmod: changed_at.toISOString() }))
  return { mediaType, text: xmlDocument({ urlset: { '@xmlns': namespace, url } }) }
}

/** The month that the path of a sitemap names. Throws an ApiError, NOT_FOUND, if it names none. */
export function readSitemapMonth(path: string): Period {
  const [, name = ''] = /^\/sitemaps\/([\d-]+)\.xml$/.exec(path) ?? []
  const month = parsePeriod('month', name)
  if (!month) throw noSitemap()
  return month
}

function noSitemap(): ApiError {
  return new ApiError(
    'NOT_FOUND',
    'No sitemap has this address. /sitemap.xml lists the sitemaps of all months.',
  )
}
