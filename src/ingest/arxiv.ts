import type { Reading } from '../../db/model/record.ts'
import { atom } from './http/body.ts'
import type { HttpClient } from './http/client.ts'
import { readAtomFeed } from './sources/arxiv.ts'

export interface ArxivOptions {
  /** Made with the spacing that arXiv asks for. */
  client: HttpClient
  signal?: AbortSignal | undefined
  /** Told, after each answer, how many of the ids have been asked for. */
  onAsked?: (ids: number) => void
}

/** arXiv asks for at most one request per 3 seconds. */
export const arxivSpacingMs = 3_000
const idsPerRequest = 100

/**
 * What arXiv says on papers, by their ids, a hundred in a request. An id that it does not know is a rejection.
 * Throws an `UpstreamError` when it does not tell: its errors with status 200 and its empty answers were then
 * tried again several times.
 */
export async function* readArxiv(
  ids: readonly string[],
  { client, signal, onAsked }: ArxivOptions,
): AsyncGenerator<Reading> {
  for (let start = 0; start < ids.length; start += idsPerRequest) {
    const asked = ids.slice(start, start + idsPerRequest)
    const reading = await client.get({
      path: '/api/query',
      query: { id_list: asked.join(','), max_results: String(asked.length) },
      type: atom,
      read: ({ body }) => readAtomFeed(body.toString(), { name: client.host }),
      signal,
    })
    const answered = new Set(reading.records.map((record) => record.arxivId))
    // A rejected entry is one of the missing ones, and its rejection already says so.
    const missing = reading.rejections.length > 0 ? [] : asked.filter((id) => !answered.has(id))
    for (const id of missing) {
      reading.rejections.push({
        position: `${client.host} ${id}`,
        reason: 'arXiv has no paper with this id.',
      })
    }
    onAsked?.(start + asked.length)
    yield reading
  }
}
