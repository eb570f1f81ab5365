import type { Plugin } from 'graphql-yoga'
import Negotiator from 'negotiator'
import { statusOf } from '../../schema/core/error-codes.ts'
import { type ApiError, httpError } from '../../schema/core/errors.ts'
import { formattedError } from '../client-errors.ts'

/** Parameters but the weight and the charset say nothing that could keep an answer of ours from fitting. */
const otherParameters = /;(?!\s*(?:q|charset)\s*=)(?:"[^"]*"|[^,;"])*/g

/** What a client accepts; anything, where it does not say. */
function acceptedBy(request: Request): Negotiator {
  return new Negotiator({ headers: { accept: plainAccept(request.headers.get('accept')) } })
}

function plainAccept(header: string | null | undefined): string {
  return (header || '*/*').toLowerCase().replace(otherParameters, '')
}

/** Whether a client takes a media type, by name or by `*`. Like Yoga, sends no charset but UTF-8. */
function takes(request: Request, mediaType: string): boolean {
  return acceptedBy(request).mediaType([`${mediaType}; charset=utf-8`]) !== undefined
}

/**
 * Whether a client has asked, by name, for answers in parts in the format that this server sends. The later formats
 * have parameters of their own: `incrementalSpec` of Apollo Client's newer handler, `subscriptionSpec` of its
 * subscriptions over HTTP.
 */
export function takesParts(request: Request): boolean {
  const named = acceptedBy(request).mediaTypes()
  if (named.includes('text/event-stream') && takes(request, 'text/event-stream')) return true
  if (!named.includes('multipart/mixed') || !takes(request, 'multipart/mixed')) return false
  const accept = request.headers.get('accept') ?? ''
  const [, format = '20220824'] = /;\s*deferSpec="?([^\s,;"]*)/i.exec(accept) ?? []
  return format === '20220824' && !/;\s*(incrementalSpec|subscriptionSpec)=/i.test(accept)
}

const answers = [
  'application/graphql-response+json',
  'application/json',
  'text/event-stream',
  'multipart/mixed',
]

/** Whether a client wants HTML, and no answer of the API more: browsers do, which name `text/html` first. */
export function prefersHtml(accept: string | undefined): boolean {
  const ranges = plainAccept(accept).split(',')
  // Of types with the same weight, Negotiator chooses the one that is named first.
  const inOrder = ranges.sort((a, b) => Number(isHtml(b)) - Number(isHtml(a))).join()
  const client = new Negotiator({ headers: { accept: inOrder } })
  return client.mediaType([...answers, 'text/html']) === 'text/html'
}

function isHtml(mediaRange: string): boolean {
  return /^\s*text\/html\s*(;|$)/.test(mediaRange)
}

/**
 * Refuses in words, and before anything is executed, what could not be answered in any way that the client takes.
 * Yoga would execute first: a mutation that has written, or a subscription that stays open without a reader.
 */
export function negotiate(): Plugin {
  return {
    onRequest({ request, endResponse, fetchAPI }) {
      if (answers.some((mediaType) => takes(request, mediaType))) return
      endResponse(refusal(fetchAPI.Response, notAcceptable()))
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const { request } = args.contextValue as { request?: Request }
      if (request && !takes(request, 'text/event-stream'))
        setResultAndStopExecution({ errors: [notAcceptable()] })
    },
    onResponse({ response, setResponse, fetchAPI }) {
      if (response.body !== null) return
      if (response.status === 406) setResponse(refusal(fetchAPI.Response, notAcceptable()))
    },
  }
}

function refusal(Response: typeof globalThis.Response, error: ApiError): Response {
  return Response.json({ errors: [formattedError(error)] }, { status: statusOf(error.extensions.code) })
}

function notAcceptable(): ApiError {
  return httpError(
    'NOT_ACCEPTABLE',
    'None of the media types in the header Accept is available here. For a subscription, accept text/event-stream or use a WebSocket; otherwise accept application/graphql-response+json or application/json.',
  )
}
