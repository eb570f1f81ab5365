import type { Plugin } from 'graphql-yoga'
import { type ApiError, httpError } from '../../schema/core/errors.ts'

/** A body that comes in chunks tells its size only as it comes: read here, and no further than the limit. */
export function limitUnsizedBodies(maxBytes: number): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
      if (!requestParser || !request.body || request.headers.has('content-length')) return
      setRequestParser(async ({ url, method, headers, body }) => {
        const text = await readText(body, maxBytes)
        return requestParser(new fetchAPI.Request(url, { method, headers, body: text }))
      })
    },
  }
}

/** Yoga takes JSON in an address or a form for readable. */
export function refuseBrokenParameters(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return
      setRequestParser(async (request) => {
        try {
          return await requestParser(request)
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error
          throw httpError('BAD_REQUEST', 'variables and extensions must be JSON, percent-encoded.')
        }
      })
    },
  }
}

async function readText(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<string> {
  // Not `for await`: leaving that early would cut the connection before the refusal is sent.
  const reader = body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    size += part.value.byteLength
    if (size > maxBytes) throw bodyTooLarge(maxBytes)
    chunks.push(part.value)
  }
  return Buffer.concat(chunks).toString()
}

export function bodyTooLarge(maxBytes: number): ApiError {
  const message = `The request body is larger than ${maxBytes} bytes. Split it into several requests.`
  return httpError('BODY_TOO_LARGE', message, { connection: 'close' })
}
