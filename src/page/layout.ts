import { type Html, html } from '../html.ts'
import { assetPath } from './assets.ts'
import type { Links } from './links.ts'
import type { PageContent } from './page-query.ts'

export interface LayoutOptions {
  readonly links: Links
  /** Where readers reach the server, without a slash at the end. */
  readonly publicUrl: string
  /** The query behind the page in GraphiQL; undefined where there is none. */
  readonly graphiql?: string | undefined
  /** What the search box holds. */
  readonly searched?: string
  /** Whether readers can subscribe to a digest by mail. */
  readonly mailsDigest?: boolean
}

/** The whole page around its content. */
export function layout(content: PageContent, options: LayoutOptions): Html {
  const { links, publicUrl, graphiql, searched = '', mailsDigest = false } = options
  const { title, description, path, position, feed, filter } = content
  const canonical = `${publicUrl}/${path}`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<meta name="description" content="${description}">
<link rel="canonical" href="${canonical}">
<meta property="og:site_name" content="Daily Papers">
<meta property="og:type" content="${content.isArticle ? 'article' : 'website'}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${canonical}">
<meta name="twitter:card" content="summary">
${content.noIndex && html`<meta name="robots" content="noindex">`}
${feedLinks(links, content)}
<link rel="icon" type="image/svg+xml" href="${links.to(assetPath('icon.svg'))}">
<link rel="stylesheet" href="${links.to(assetPath('page.css'))}">
<script type="module" src="${links.to(assetPath('page.js'))}"></script>
</head>
<body${position !== undefined && html` data-position="${position}"`}${arrivalsOf(content, links)}>
<a class="skip" href="#main">Skip to the content</a>
<header>
<p class="masthead"><a href="${links.root}">Daily Papers</a></p>
<nav class="site" aria-label="Site">
<a href="${links.root}">Today</a>
<a href="${links.to('trending')}">Trending</a>
<a href="${links.to('editions')}">Calendar</a>
</nav>
<form role="search" action="${links.to('search')}">
<label for="q">Search papers</label>
<input id="q" type="search" name="q" value="${searched}" maxlength="1000" autocomplete="off">
<button>Search</button>
</form>
</header>
<main id="main" tabindex="-1">
${content.main}
</main>
<div id="live" role="status"></div>
<footer>
<p id="query">${graphiql && html`<a href="${graphiql}">The query behind this page</a> · `}<a href="${links.to(feed?.path ?? 'feeds/latest.atom')}">${feed ? 'Feed of these papers' : 'Feed of the newest papers'}</a>${mailsDigest && html` · <a href="${links.to('digest', { filter: filter && JSON.stringify(filter) })}">${filter ? 'These papers by mail' : 'Digest by mail'}</a>`}</p>
<p>Titles, abstracts and votes as <a href="https://huggingface.co/papers">Hugging Face</a> and
<a href="https://arxiv.org">arXiv</a> publish them.</p>
</footer>
</body>
</html>
`
}

/** What page.js needs to know what has arrived. */
function arrivalsOf({ arrivals, feed }: PageContent, links: Links): Html | false {
  if (arrivals === undefined) return false
  if (arrivals !== 'feed')
    return html` data-edition="${arrivals.date}" data-arrivals="${arrivals.newest ? 'newest' : 'edition'}"`
  return feed !== undefined && html` data-feed="${links.to(feed.path.replace('.atom?', '.json?'))}"`
}

/** What feed readers look for on a page: the feed of its papers, and the newest papers in each format. */
function feedLinks(links: Links, { feed }: PageContent): readonly Html[] {
  const own = feed ? [{ ...feed, type: 'atom' }] : []
  const newest = ['atom', 'rss', 'feed+json'].map((type) => ({
    type,
    title: 'Daily Papers',
    path: `feeds/latest.${type === 'feed+json' ? 'json' : type}`,
  }))
  return [...own, ...newest].map(({ type, title, path }) => {
    const mediaType = `application/${type === 'feed+json' ? type : `${type}+xml`}`
    return html`<link rel="alternate" type="${mediaType}" title="${title}" href="${links.to(path)}">
`
  })
}
