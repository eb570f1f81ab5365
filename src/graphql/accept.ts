import type { Plugin } from 'graphql-yoga'
import { statusOf } from '../../schema/core/error-codes.ts'
import { type ApiError, httpError } from '../../schema/core/errors.ts'
import { formattedError } from '../client-errors.ts'

/** One media type of an `Accept` header, in small letters. */
interface Accepted {
  readonly type: string
  readonly params: ReadonlyMap<string, string>
}

/** What a client takes of `Accept`; anything, where it does not say. Like Yoga, takes no charset but UTF-8. */
function acceptedIn(header: string | null | undefined): Accepted[] {
  return (header || '*/*')
    .toLowerCase()
    .split(',')
    .map((part) => {
      const [type = '', ...params] = part.split(';').map((text) => text.trim())
      return { type, params: new Map(params.map(pairOf)) }
    })
    .filter(
      ({ params }) => Number(params.get('q') ?? 1) > 0 && (params.get('charset') ?? 'utf-8') === 'utf-8',
    )
}

function pairOf(param: string): [string, string] {
  const [name = '', value = ''] = param.split('=', 2)
  return [name.trim(), value.trim().replace(/^"(.*)"$/, '$1')]
}

/** Whether a client takes a media type, by name or by `*`. */
function takes(request: Request, mediaType: string): boolean {
  const kind = `${mediaType.split('/', 1)[0]}/*`
  return acceptedIn(request.headers.get('accept')).some(({ type }) => [mediaType, kind, '*/*'].includes(type))
}

/**
 * Whether a client has asked, by name, for answers in parts of the format that is spoken here. The later formats
 * have parameters of their own: `incrementalSpec` of Apollo Client's newer handler, `subscriptionSpec` of its
 * subscriptions over HTTP.
 */
export function takesParts(request: Request): boolean {
  return acceptedIn(request.headers.get('accept')).some(({ type, params }) => {
    if (type === 'text/event-stream') return true
    if (type !== 'multipart/mixed' || params.has('incrementalspec') || params.has('subscriptionspec'))
      return false
    return (params.get('deferspec') ?? '20220824') === '20220824'
  })
}

const answers = [
  'application/graphql-response+json',
  'application/json',
  'text/event-stream',
  'multipart/mixed',
]

/**
 * Refuses in words, and before anything is executed, what could not be answered in any way that the client takes.
 * Yoga would execute first: a mutation that has written, or a subscription that stays open without a reader.
 */
export function negotiate(): Plugin {
  return {
    onRequest({ request, endResponse, fetchAPI }) {
      if (request.method !== 'GET' && request.method !== 'POST') return
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
      if (response.status === 415) setResponse(refusal(fetchAPI.Response, unsupported()))
    },
  }
}

function refusal(Response: typeof globalThis.Response, error: ApiError): Response {
  return Response.json({ errors: [formattedError(error)] }, { status: statusOf(error.extensions.code) })
}

function notAcceptable(): ApiError {
  return httpError(
    'NOT_ACCEPTABLE',
    'Nothing that the header Accept names fits. Accept text/event-stream for a subscription, or send it over WebSocket; for all else accept application/graphql-response+json or application/json.',
  )
}

function unsupported(): ApiError {
  return httpError(
    'UNSUPPORTED_MEDIA_TYPE',
    'Send the body as JSON, with the header Content-Type: application/json.',
  )
}
