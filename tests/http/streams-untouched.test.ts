import { expect, test } from 'vitest'
import { useTestApp } from '../support/app.ts'
import { plant } from '../support/papers.ts'

const app = useTestApp()
const encodings = { 'accept-encoding': 'gzip, br' }

async function headersOf(response: Response): Promise<Headers> {
  await response.body?.cancel()
  return response.headers
}

function graphql(query: string, accept: string): Promise<Response> {
  return fetch(`${app.endpoint}?${new URLSearchParams({ query })}`, { headers: { accept, ...encodings } })
}

test('every stream says that it must be passed on as it is', async () => {
  await plant(app.db, [{ arxivId: '2606.00001' }])
  const parts = '{ papers(first: 1) { nodes { id ... @defer { title } } } }'
  for (const response of [
    await fetch(`${app.url}/feed`, { headers: encodings }),
    await fetch(`${app.url}/feed?after=START&kinds=LISTED`, { headers: encodings }),
    await graphql('subscription { feed { cursor } }', 'text/event-stream'),
    await graphql('{ __typename }', 'text/event-stream'),
    await graphql(parts, 'multipart/mixed'),
    await graphql(parts, 'text/event-stream'),
  ]) {
    const headers = await headersOf(response)
    expect(response.status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store, no-transform')
    expect(headers.get('content-encoding')).toBeNull()
    expect(headers.get('x-accel-buffering')).toBe('no')
  }
})
