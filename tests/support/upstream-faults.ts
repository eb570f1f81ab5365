import { gzipSync } from 'node:zlib'
import type { Answer } from './upstream.ts'

export type Fault = Answer

import { entries } from './upstream-data.ts'

type Headers = Readonly<Record<string, string>>

/** Ways in which an upstream goes wrong. */
export const faults = {
  status:
    (status: number, headers: Headers = {}, body: unknown = { error: 'Something went wrong' }): Answer =>
    (_request, response) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body)),
  hang: (): Answer => () => {},
  /** Promises more than it sends. */
  halfBody: (): Answer => (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('[{"paper": {"id": "26', () => response.destroy())
  },
  /** Ends well, in the middle of the JSON. */
  cutJson: (): Answer => (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('[{"paper": {"id": "26'),
  html: (): Answer => (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>'),
  type:
    (type: string, body = ''): Answer =>
    (_request, response) =>
      response.writeHead(200, { 'content-type': type }).end(body),
  redirect:
    (location: string): Answer =>
    (_request, response) =>
      response.writeHead(302, { location }).end(),
  gzip:
    (body: unknown): Answer =>
    (_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync(JSON.stringify(body))),
  brokenGzip: (): Answer => zipped((bytes) => bytes.fill(255, 50, 100)),
  /** fetch takes what there is of it. */
  cutGzip: (): Answer => zipped((bytes) => bytes.subarray(0, 100)),
  /** So many bytes of JSON in chunks, of no told length; `onSent` hears how many were taken. */
  huge:
    (bytes: number, onSent: (sent: number) => void = () => {}): Answer =>
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const chunk = Buffer.alloc(1_048_576, ' ')
      let sent = 0
      const more = () => {
        if (response.destroyed || sent >= bytes) return void response.end('[]')
        sent += chunk.length
        onSent(sent)
        response.write(chunk, more)
      }
      more()
    },
  /** A small body that unzips to so many bytes. */
  bomb:
    (bytes: number): Answer =>
    (_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(bytes, ' '))),
  reset: (): Answer => (request) => void request.socket.destroy(),
  /** How arXiv reports a bad query: with status 200. */
  arxivError: (): Answer => (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/atom+xml' }).end(
      `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><entry>
         <id>http://arxiv.org/api/errors#incorrect_id_format_for_1</id><title>Error</title>
         <summary>incorrect id format for 1</summary><updated>2026-06-16T00:00:00Z</updated>
         <author><name>arXiv api core</name></author></entry></feed>`,
    ),
  empty:
    (type = 'application/atom+xml'): Answer =>
    (_request, response) =>
      response.writeHead(200, { 'content-type': type }).end(),
} as const

function zipped(spoilt: (bytes: Buffer) => Buffer): Answer {
  return (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .end(spoilt(gzipSync(JSON.stringify(entries(20, '2026-06-16')))))
}
