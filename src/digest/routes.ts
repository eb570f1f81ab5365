import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import type { Db } from '../../db/database.ts'
import { digestContent, rangeOfDay } from '../../db/digest/content.ts'
import { type MailLink, readLink } from '../../db/digest/links.ts'
import { readMailKey } from '../../db/digest/promised.ts'
import {
  confirmDigest,
  type DigestReader,
  deliveriesOf,
  findReader,
  forgetReader,
  renewLinks,
  stopDigest,
} from '../../db/digest/readers.ts'
import { isDay } from '../../db/model/period.ts'
import { statusOf } from '../../schema/core/error-codes.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { ExecuteInProcess } from '../graphql/in-process.ts'
import { readPageParams } from '../http/page-params.ts'
import { publicAddress } from '../http/public-address.ts'
import { pathOf, searchParamsOf } from '../http/request.ts'
import { setRefusalHeaders } from '../http/respond.ts'
import type { Route } from '../http/route.ts'
import type { SenderOf } from '../http/sender.ts'
import { errorPage } from '../page/error-page.ts'
import { layout } from '../page/layout.ts'
import { Links } from '../page/links.ts'
import { badAddress, pageNotFound } from '../page/page-errors.ts'
import type { PageContent } from '../page/page-query.ts'
import { contentSecurityPolicy } from '../page/security-policy.ts'
import { digestLetter, nothingToMail } from './digest-letter.ts'
import { filterOf, preferencesOf, readForm } from './forms.ts'
import { letterPage } from './letter.ts'
import { confirmPage, preferencesPage, saidPage, subscribePage, usualPreferences } from './pages.ts'

export interface DigestRoutesOptions {
  readonly db: Db
  readonly execute: ExecuteInProcess
  readonly http: Config['http']
  readonly senderOf: SenderOf
  readonly clock: Clock
  readonly wake: () => void
}

const subscribeMutation = `mutation SubscribeToDigest($address: String!, $preferences: DigestPreferences) {
  subscribeToDigest(address: $address, preferences: $preferences) {
    message
  }
}`

const updateMutation = `mutation UpdateDigest($token: String!, $preferences: DigestPreferences!) {
  updateDigest(token: $token, preferences: $preferences) {
    message
  }
}`

/** Asked for its refusals alone: the schema knows which filters there are. */
const filterQuery = `query DigestFilter($filter: PaperFilter!) {
  papers(filter: $filter, first: 1) {
    pageInfo {
      hasNextPage
    }
  }
}`

const deadLink = 'This link has expired or was used. Use that of the newest mail, or subscribe again.'

/** The pages of the digest. A GET changes nothing: programs open the links of mails before their readers do. */
export function createDigestRoutes(options: DigestRoutesOptions): Map<string, Route> {
  const { db, execute, http, senderOf, clock, wake } = options
  const addressOf = publicAddress(http)

  function show(response: ServerResponse, content: PageContent, status = 200): void {
    const { req: request } = response
    const links = new Links(pathOf(request))
    const page = String(layout(content, { links, publicUrl: addressOf(request) }))
    send(response, status, 'text/html; charset=utf-8', page, contentSecurityPolicy())
  }

  /** The filter in an address. Rejects with an ApiError for one that is no `PaperFilter`. */
  async function filterAsked(
    params: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Record<string, unknown>> {
    const filter = filterOf(params.get('filter'))
    if (Object.keys(filter).length > 0)
      await execute(filterQuery, { filter }, await senderOf(request, response))
    return filter
  }

  async function subscribe(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const links = new Links(pathOf(request))
    if (request.method !== 'POST') {
      const params = readPageParams(searchParamsOf(request), ['filter'])
      const filter = await filterAsked(params, request, response)
      return show(response, subscribePage(links.to('digest'), { ...usualPreferences, filter }))
    }
    const form = await readForm(request)
    const said = ['A mail is on its way to this address. Follow the link in it within a week.']
    // Only programs fill in what people cannot see.
    if (!form.get('website')) {
      const variables = { address: form.get('address') ?? '', preferences: preferencesOf(form) }
      await execute(subscribeMutation, variables, await senderOf(request, response))
    }
    show(response, saidPage('Look into your mail', said, links.root))
  }

  async function mail(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , token = '', action, ...rest] = pathOf(request).split('/')
    const link = readLink(await readMailKey(db), token, clock.now())
    const reader = link && (await findReader(db, link))
    if (!link || !reader || rest.length > 0) throw pageNotFound(deadLink)
    if (request.method === 'POST')
      return act(request, response, { action: action ?? '', token, link, reader })
    if (action !== undefined && !(action in actions)) throw pageNotFound('This page does not exist.')
    const prefix = `${'../'.repeat(action === undefined ? 1 : 2)}mail/${token}/`
    const to = (name: string) => prefix + name
    const isNew = link.purpose === 'confirm' && reader.status === 'pending'
    show(response, isNew ? confirmPage(reader.address, to) : preferencesPage(reader, to))
  }

  const actions: Readonly<Record<string, (asked: Asked) => Promise<void>>> = {
    async confirm({ link, response, root }) {
      const confirmed = link.purpose === 'confirm' ? await confirmDigest(db, link, clock.now()) : undefined
      if (!confirmed) throw pageNotFound(deadLink)
      show(
        response,
        saidPage('The digest begins', ['The next mail tells of all papers listed from now on.'], root),
      )
    },
    async preferences({ form, token, request, response, root }) {
      const variables = { token, preferences: preferencesOf(form) }
      await execute(updateMutation, variables, await senderOf(request, response))
      show(response, saidPage('The digest is changed', ['The next mail comes at the new time.'], root))
    },
    async stop({ form, link, response, root }) {
      await stopDigest(db, link, clock.now())
      const said = 'No more mail is sent to this address.'
      // RFC 8058: a mail program asks, and shows nothing of the answer.
      if (form.get('List-Unsubscribe') === 'One-Click')
        return send(response, 200, 'text/plain; charset=utf-8', `${said}\n`)
      show(response, saidPage('The digest has ended', [said], root))
    },
    async links({ link, response, root }) {
      const isActive = await renewLinks(db, link, clock.now())
      if (isActive) wake()
      const said = isActive
        ? 'The links mailed so far no longer work. A mail with new ones is on its way.'
        : 'Nothing is mailed to this address. Subscribe again.'
      show(response, saidPage('New links', [said], root))
    },
    async export({ reader, response }) {
      const { generation: _, address_key: __, ...shown } = reader
      const exported = { reader: shown, mails: await deliveriesOf(db, reader.id) }
      response.setHeader('content-disposition', 'attachment; filename="digest.json"')
      send(response, 200, 'application/json; charset=utf-8', `${JSON.stringify(exported, null, 2)}\n`)
    },
    async forget({ link, response, root }) {
      await forgetReader(db, link, clock.now())
      show(response, saidPage('All is deleted', ['Nothing is mailed to this address any more.'], root))
    },
  }

  interface Asked {
    readonly request: IncomingMessage
    readonly response: ServerResponse
    readonly form: URLSearchParams
    readonly token: string
    readonly link: MailLink
    readonly reader: DigestReader
    readonly root: string
  }

  async function act(
    request: IncomingMessage,
    response: ServerResponse,
    { action, ...named }: Pick<Asked, 'token' | 'link' | 'reader'> & { readonly action: string },
  ): Promise<void> {
    const perform = Object.hasOwn(actions, action) ? actions[action] : undefined
    if (!perform) throw pageNotFound('This address does nothing. Open the link of the mail.')
    const form = await readForm(request)
    const { root } = new Links(pathOf(request))
    await perform({ ...named, request, response, form, root })
  }

  /** The digest of one day as it would be mailed, for everybody. */
  async function preview(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const params = readPageParams(searchParamsOf(request), ['day', 'filter', 'format'])
    const day = params.get('day') ?? clock.now().toISOString().slice(0, 10)
    if (!isDay(day)) throw badAddress('The day must be a date, such as 2026-01-05.')
    const format = params.get('format') ?? 'html'
    if (format !== 'html' && format !== 'text') throw badAddress('format: pass html or text.')
    const publicUrl = addressOf(request)
    const range = await rangeOfDay(db, day)
    const filter = await filterAsked(params, request, response)
    const content = await digestContent(db, range, filter, clock.now())
    if (content.papers.length === 0) throw pageNotFound(nothingToMail(day))
    const letter = digestLetter(content, day, { publicUrl, manageUrl: `${publicUrl}/digest` })
    const isText = format === 'text'
    const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    if (isText) send(response, 200, 'text/plain; charset=utf-8', letter.text)
    else send(response, 200, 'text/html; charset=utf-8', letterPage(letter), policy)
  }

  function refuse(response: ServerResponse, error: GraphQLError): void {
    const path = pathOf(response.req)
    setRefusalHeaders(response, error)
    show(response, errorPage(error, new Links(path), path), statusOf(error.extensions.code))
  }

  return new Map<string, Route>([
    ['/digest', { methods: ['GET', 'POST'], answer: subscribe, refuse }],
    ['/digest/preview', { methods: ['GET'], answer: preview, refuse }],
    ['/mail/', { methods: ['GET', 'POST'], answer: mail, refuse }],
  ])
}

/** Pages of one reader: nobody keeps them, finds them, or is told from where a link was followed. */
function send(
  response: ServerResponse,
  status: number,
  mediaType: string,
  text: string,
  policy?: string,
): void {
  if (policy) response.setHeader('content-security-policy', policy)
  response
    .writeHead(status, {
      'content-type': mediaType,
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    })
    .end(text)
}
