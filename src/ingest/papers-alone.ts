import type { PaperDetail } from '../../db/model/paper-detail.ts'
import type { PaperRecord, Reading } from '../../db/model/record.ts'
import { SourceError } from './errors.ts'
import { json } from './http/body.ts'
import type { HttpClient, UpstreamAnswer } from './http/client.ts'
import { UpstreamError } from './http/errors.ts'
import { detailOf } from './sources/paper-details.ts'

/**
 * What Hugging Face says of one paper beyond its lists: linked repositories and comments. One request, or two where
 * the answer with comments lacks the repositories. A paper that it has no page for says nothing. Throws an
 * `UpstreamError` when it does not tell.
 */
export async function readPaperAlone(
  client: HttpClient,
  arxivId: string,
  signal?: AbortSignal,
): Promise<PaperDetail> {
  const ask = (query: Record<string, string>) =>
    client.get({
      path: `/api/papers/${arxivId}`,
      query,
      type: json,
      read: (answer) => readAnswer(answer, arxivId),
      signal,
    })
  try {
    const withComments = await ask({ field: 'comments' })
    return withComments.models ? withComments : { ...(await ask({})), ...withComments }
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.status !== 404) throw error
    return { arxivId, readAt: new Date().toISOString() }
  }
}

/** The same of each record's paper, one after the other. */
export async function* readPapersAlone(
  records: readonly PaperRecord[],
  client: HttpClient,
  signal: AbortSignal,
): AsyncGenerator<Reading> {
  for (const { arxivId } of records) {
    if (arxivId === undefined) continue
    const details = [await readPaperAlone(client, arxivId, signal)]
    yield { records: [], rejections: [], editions: [], details }
  }
}

function readAnswer({ body, receivedAt }: UpstreamAnswer, arxivId: string): PaperDetail {
  const readAt = receivedAt.toISOString()
  return detailOf(parsed(body), arxivId, readAt) ?? { arxivId, readAt }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new SourceError('Hugging Face answered with JSON that is cut off or damaged.')
  }
}
