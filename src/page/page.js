// @ts-check
/**
 * What pages do beyond what their HTML does by itself: numbers that change while a page is read, papers that arrive
 * meanwhile, and results while a search is typed. The server alone makes HTML; this module puts it where it belongs.
 */

const feedUrl = new URL('../feed', import.meta.url)
const { body } = document
const live = document.getElementById('live')
/** Milliseconds between the news and what is said of it, so that fifty papers are announced as one number. */
const announceAfterMs = 400
/** Milliseconds until a stream that was refused is opened again, doubled up to the second. */
const retryMs = { first: 5_000, most: 60_000 }

/** Papers that arrived after the page was made, by the ids of their addresses. @type {Map<string, string>} */
const arrivedTitles = new Map()
/** What is offered when something else than new papers has changed. */
let change = ''
/** The cursor of the last event, at first of the page itself. Nothing between them is missed. */
let position = body.dataset.position
/** @type {EventSource | undefined} */
let stream
let retryDelayMs = retryMs.first
/** @type {ReturnType<typeof setTimeout> | undefined} */
let announcing

/** What the page with the stream passes on to the others of this browser. */
const channel = new BroadcastChannel('daily-papers-feed')
channel.onmessage = ({ data }) => receive(data)
/** Browsers have no locks for pages that came over plain HTTP: then each page that is seen has its own stream. */
const { locks } = navigator
/** Ends the wait for the lock, or gives it back. @type {(() => void) | undefined} */
let stopLeading
let leads = false

/**
 * Follows the feed while the page is seen: a hidden one takes no connection, and goes on from its position later. Of
 * the pages that are seen, the one with the lock keeps its stream for all. The others close theirs at the first
 * heartbeat, which says that nothing up to then is missing: what comes after it, the stream of the first will have.
 */
function follow() {
  if (position === undefined) return
  if (document.hidden) leave()
  else if (!stopLeading) {
    open()
    lead()
  }
}

function leave() {
  close()
  stopLeading?.()
  stopLeading = undefined
  leads = false
}

function lead() {
  const waiting = new AbortController()
  const { promise, resolve } = Promise.withResolvers()
  stopLeading = () => {
    waiting.abort()
    resolve(undefined)
  }
  leads = !locks
  const hold = () => {
    if (waiting.signal.aborted) return undefined
    leads = true
    open()
    return promise
  }
  // Rejects if the page is hidden before its turn comes.
  locks?.request('daily-papers-feed', { signal: waiting.signal }, hold).catch(() => {})
}

function close() {
  stream?.close()
  stream = undefined
}

function open() {
  if (stream || document.hidden) return
  const url = new URL(feedUrl)
  url.searchParams.set('after', position ?? 'NOW')
  const opened = new EventSource(url)
  stream = opened
  opened.onopen = () => {
    retryDelayMs = retryMs.first
  }
  for (const kind of ['message', 'heartbeat', 'reset'])
    opened.addEventListener(kind, ({ data, lastEventId }) => {
      const item = { kind, data, id: lastEventId }
      receive(item)
      if (leads) channel.postMessage(item)
      else if (kind === 'heartbeat') close()
    })
  opened.onerror = () => {
    // A browser gives up at any other answer than a stream, e.g. that of a proxy while the server restarts.
    if (opened.readyState !== EventSource.CLOSED || stream !== opened) return
    stream = undefined
    setTimeout(open, retryDelayMs * (0.5 + Math.random()))
    retryDelayMs = Math.min(retryMs.most, retryDelayMs * 2)
  }
}

/** What comes twice, from two streams, changes nothing. @param {{ kind: string, data: string, id: string }} item */
function receive({ kind, data, id }) {
  if (position === undefined) return
  if (id) position = id
  if (kind === 'message') take(JSON.parse(data))
  else if (kind === 'reset') announce('The list has changed')
}

/**
 * @typedef {{ type: string, editionDate?: string, changes?: { field: string }[],
 *   paper: { id: string, arxivId: string | null, title: string, upvotes: number, commentCount: number } | null }} FeedItem
 */

/** Fields that no list of papers is filtered by. */
const counters = ['upvotes', 'commentCount', 'githubStars']

/** @param {FeedItem} event */
function take({ type, paper, editionDate = '', changes = [] }) {
  if (!paper) return
  const shown = document.querySelectorAll(`[data-paper="${CSS.escape(paper.id)}"]`)
  for (const article of shown) {
    setCount(article, 'upvotes', paper.upvotes)
    setCount(article, 'commentCount', paper.commentCount)
  }
  if (type === 'PaperListed' && isArrival(editionDate, shown.length > 0)) {
    arrivedTitles.set(paper.arxivId ?? paper.id, paper.title)
    announce(change)
  }
  const isRewritten = changes.some(({ field }) => field === 'title' || field === 'abstract')
  if (type !== 'PaperUpdated' || changes.some(({ field }) => !counters.includes(field))) findArrivals()
  if (shown[0]?.matches('.paper') && (isRewritten || type === 'PaperWithdrawn'))
    announce('This paper has changed')
}

/** @param {string} date @param {boolean} isShown */
function isArrival(date, isShown) {
  const { edition = '', arrivals } = body.dataset
  if (arrivals === 'newest' && date > edition) return true
  return arrivals !== undefined && date === edition && !isShown
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let finding

/** Asks the feed of a filtered list what has come to match since the page was made, once for events that come together. */
function findArrivals() {
  if (body.dataset.feed === undefined || finding !== undefined) return
  finding = setTimeout(
    async () => {
      finding = undefined
      const { feed = '', position: made = 'NOW' } = body.dataset
      const url = new URL(feed, location.href)
      url.searchParams.set('after', made)
      const response = await fetch(url, { cache: 'no-cache' }).catch(() => undefined)
      if (!response?.ok || body.dataset.feed !== feed) return
      const shown = idsShown()
      /** @type {{ items: { url: string, title: string }[] }} */
      const { items } = await response.json()
      for (const { url: address, title } of items)
        if (!shown.has(idIn(address))) arrivedTitles.set(idIn(address), title)
      if (arrivedTitles.size > 0) announce(change)
    },
    announceAfterMs * (1 + 4 * Math.random()),
  )
}

/** The id of a paper, with which its address ends. @param {string} address */
function idIn(address) {
  return decodeURIComponent(address.slice(address.lastIndexOf('/') + 1))
}

/** The ids in the addresses of the papers that the page lists. */
function idsShown() {
  const links = [...document.querySelectorAll('.title a')]
  return new Set(links.map((link) => idIn(link.getAttribute('href') ?? '')))
}

/** @param {Element} article @param {string} field @param {number} amount */
function setCount(article, field, amount) {
  const number = article.querySelector(`[data-count="${field}"]`)
  if (!number || number.textContent === String(amount)) return
  number.textContent = String(amount)
  const plural = number.nextElementSibling
  if (plural) /** @type {HTMLElement} */ (plural).hidden = amount === 1
}

/** @param {string} sentence offered in place of the number of new papers */
function announce(sentence) {
  change = sentence
  if (announcing !== undefined) return
  announcing = setTimeout(() => {
    announcing = undefined
    if (!live) return
    const button = live.querySelector('button') ?? document.createElement('button')
    button.textContent =
      change || `${arrivedTitles.size} new ${arrivedTitles.size === 1 ? 'paper' : 'papers'}`
    button.onclick = show
    if (!button.isConnected) live.append(button)
  }, announceAfterMs)
}

/** @param {string | URL} url @param {AbortSignal} [signal] */
async function load(url, signal) {
  const response = await fetch(url, { headers: { accept: 'text/html' }, ...(signal && { signal }) })
  if (!response.ok) throw new Error(`status ${response.status}`)
  return new DOMParser().parseFromString(await response.text(), 'text/html')
}

/** Puts the page as it is now in the place of what is read, because the reader asks for it. */
async function show() {
  const fresh = await load(location.href).catch(() => undefined)
  const main = document.querySelector('main')
  const freshMain = fresh?.querySelector('main')
  if (!fresh || !main || !freshMain) return location.reload()
  const open = [...document.querySelectorAll('article:has(details[open])')].map(idOf)
  const known = new Set([...document.querySelectorAll('article')].map(idOf))
  const offered = [...arrivedTitles]
  main.replaceChildren(...freshMain.childNodes)
  document.title = fresh.title
  adopt(fresh)
  showBelow(offered)
  const articles = [...main.querySelectorAll('article')]
  for (const article of articles) {
    if (open.includes(idOf(article))) article.querySelector('details')?.setAttribute('open', '')
    if (!known.has(idOf(article))) article.classList.add('new')
  }
  const first = main.querySelector('.below a, article.new a') ?? main.querySelector('a')
  if (first instanceof HTMLElement) first.focus()
}

/**
 * Links to what was offered and stands on a later page: most lists are not in the order of arrival.
 *
 * @param {[id: string, title: string][]} offered
 */
function showBelow(offered) {
  const shown = idsShown()
  const below = offered.filter(([id]) => !shown.has(id))
  if (below.length === 0) return
  const list = document.createElement('ul')
  for (const [id, title] of below) {
    const link = document.createElement('a')
    link.href = new URL(`../papers/${encodeURIComponent(id)}`, import.meta.url).href
    link.dir = 'auto'
    link.textContent = title
    const item = document.createElement('li')
    item.append(link)
    list.append(item)
  }
  const section = document.createElement('section')
  section.className = 'below'
  const heading = document.createElement('p')
  heading.textContent = 'New, and further down the list:'
  section.append(heading, list)
  document.querySelector('article')?.before(section)
}

/** What is shown now is that of another page: nothing has arrived since. @param {Document} fresh */
function adopt({ body: { dataset } }) {
  for (const name of ['feed', 'edition', 'arrivals']) delete body.dataset[name]
  Object.assign(body.dataset, dataset)
  arrivedTitles.clear()
  change = ''
  live?.replaceChildren()
  position ??= body.dataset.position
  follow()
}

/** @param {Element} article */
function idOf(article) {
  return article.getAttribute('data-paper')
}

document.addEventListener('visibilitychange', follow)
addEventListener('pagehide', leave)
addEventListener('pageshow', follow)
follow()

/** Where a digest is subscribed to: the reader's own time zone, until another one is chosen. */
for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('[data-zone]')))
  input.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone

const box = /** @type {HTMLInputElement | null} */ (document.getElementById('q'))
/** Where what is shown is found: it differs from that of the window after a way back over `pushState`. */
let shownAt = location.pathname + location.search
/** Milliseconds of rest after which what is typed is searched for. */
const typingMs = 200
/** @type {AbortController | undefined} */
let searching

/** @type {ReturnType<typeof setTimeout> | undefined} */
let resting
box?.addEventListener('input', () => {
  clearTimeout(resting)
  resting = setTimeout(() => search(box.value), typingMs)
})
// A link into the page, to the content say, is no way to another one.
addEventListener('popstate', () => {
  if (location.pathname + location.search !== shownAt) location.reload()
})

/** The results take the place of another page, to which the way back leads. @param {URL} url */
function leaveFor(url) {
  // What stays, header and footer, is written relative to the page that it came with.
  for (const link of document.links) link.setAttribute('href', link.href)
  for (const form of document.forms) form.setAttribute('action', form.action)
  history.pushState(null, '', url)
}

/** @param {string} text */
async function search(text) {
  searching?.abort()
  searching = new AbortController()
  const url = new URL('../search', import.meta.url)
  if (text.trim() !== '') url.searchParams.set('q', text)
  try {
    const fresh = await load(url, searching.signal)
    const isSearch = document.getElementById('results') !== null
    if (isSearch) history.replaceState(null, '', url)
    else leaveFor(url)
    shownAt = url.pathname + url.search
    document.title = fresh.title
    adopt(fresh)
    for (const id of isSearch ? ['found', 'results', 'query'] : ['main', 'query']) {
      const [old, made] = [document.getElementById(id), fresh.getElementById(id)]
      if (old && made) old.replaceChildren(...made.childNodes)
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return
    const found = document.getElementById('found')
    if (found) found.textContent = 'The search was not answered. Try again in a moment.'
  }
}
