import type { GraphQLError } from 'graphql'
import { statusOf } from '../../schema/core/error-codes.ts'
import { html } from '../html.ts'
import { PageParamsError } from '../http/page-params.ts'
import type { Links } from './links.ts'
import type { PageContent } from './page-query.ts'

const titles: Readonly<Record<number, string>> = {
  400: 'The address is not valid',
  401: 'This page requires a token',
  403: 'This page requires other rights',
  404: 'Page not found',
  405: 'This page can only be read',
  429: 'Too many requests',
}

/** A refusal in words; `path` is that of the page which was asked for. */
export function errorPage(error: GraphQLError, links: Links, path = ''): PageContent {
  const { message, extensions } = error
  const status = statusOf(extensions.code)
  const title = titles[status] ?? 'The page cannot be shown now'
  const { requestId } = extensions
  return {
    ...{ title, description: message, path: '', noIndex: true },
    main: html`<div class="head"><h1>${title}</h1></div>
<p>${message}</p>
${typeof requestId === 'string' && html`<p class="small">If it happens again, tell the operator the number ${requestId}.</p>`}
${error instanceof PageParamsError && html`<p><a href="${links.to(path.slice(1), Object.fromEntries(error.kept))}">Open the page without it</a></p>`}
<p><a href="${links.root}">Read the newest edition</a>, or search for a paper above.</p>`,
  }
}
