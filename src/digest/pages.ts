import type { DigestReader } from '../../db/digest/readers.ts'
import { type Html, html } from '../html.ts'
import type { PageContent } from '../page/page-query.ts'

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const
const capitalized = (name: string) => `${name[0]}${name.slice(1).toLowerCase()}`

/** What the fields of preferences show. */
export interface ShownPreferences {
  readonly cadence: string
  /** 1 to 7. */
  readonly weekday: number
  readonly hour: number
  readonly zone: string
  readonly filter: Readonly<Record<string, unknown>>
  readonly format: string
}

export const usualPreferences: ShownPreferences = {
  ...{ cadence: 'daily', weekday: 1, hour: 7, zone: '', filter: {}, format: 'both' },
}

/** @param forText what the page is for, as search engines and other sites show it */
function mailPage(title: string, main: Html, isPrivate = true): PageContent {
  return { title, description: 'New papers by mail.', path: 'digest', main, noIndex: isPrivate }
}

/** The form by which somebody subscribes. */
export function subscribePage(action: string, shown: ShownPreferences): PageContent {
  return mailPage(
    'The digest by mail',
    html`<div class="head"><h1>The digest by mail</h1>
<p>The papers listed since your last mail, trending ones first. Days without new papers bring no mail. You confirm
the address once, and every mail has a link that ends it.</p></div>
<form method="post" action="${action}" class="preferences">
<p><label>Mail address <input type="email" name="address" required maxlength="254" autocomplete="email"></label></p>
<p hidden><label>Leave this empty <input name="website" tabindex="-1" autocomplete="off"></label></p>
${fields(shown)}
<p><button class="main">Subscribe</button></p>
</form>`,
    false,
  )
}

/** What is said after a form was sent. */
export function saidPage(title: string, sentences: readonly string[], root: string): PageContent {
  return mailPage(
    title,
    html`<div class="head"><h1>${title}</h1></div>
${sentences.map((sentence) => html`<p>${sentence}</p>`)}
<p><a href="${root}">Read the newest edition</a></p>`,
  )
}

/** The page of a link that asks for confirmation. Opening it does nothing: mail scanners open links. */
export function confirmPage(address: string, to: (action: string) => string): PageContent {
  return mailPage(
    'Confirm the digest',
    html`<div class="head"><h1>Confirm the digest</h1>
<p>The digest of new papers goes to ${address} once you confirm it.</p></div>
<form method="post" action="${to('confirm')}"><p><button class="main">Confirm</button></p></form>
<form method="post" action="${to('forget')}"><p>If you did not ask for it, close this page, or have the address deleted and
never mailed again. <button>Delete and block</button></p></form>`,
  )
}

/** The page on which a reader changes and ends the digest. */
export function preferencesPage(reader: DigestReader, to: (action: string) => string): PageContent {
  const { address, status, filter } = reader
  const state =
    status === 'active'
      ? html`<p>The digest goes to ${address}.</p>`
      : html`<p>No digest goes to ${address}${status === 'suppressed' ? ', because mail to it came back' : ''}. <a href="${to('')}../../digest">Subscribe again</a></p>`
  return mailPage(
    'Your digest',
    html`<div class="head"><h1>Your digest</h1>
${state}</div>
<form method="post" action="${to('preferences')}" class="preferences">
${fields({ ...reader, filter: filter as Readonly<Record<string, unknown>> })}
<p><button class="main">Save</button></p>
</form>
<h2>End it</h2>
<form method="post" action="${to('stop')}"><p><button>Unsubscribe</button> No more mail is sent.</p></form>
<h2>Your data</h2>
<form method="post" action="${to('links')}"><p><button>New links</button> All links mailed so far stop working, and a mail brings new ones.</p></form>
<form method="post" action="${to('export')}"><p><button>Export</button> All that is stored about you, as JSON.</p></form>
<form method="post" action="${to('forget')}"><p><button>Delete</button> Deletes all of it. A hash of the address stays, so that nobody can subscribe you again.</p></form>`,
  )
}

function fields({ cadence, weekday, hour, zone, filter, format }: ShownPreferences): Html {
  const { text, ...others } = filter
  return html`<fieldset><legend>When</legend>
<p class="fields"><label>How often ${select('cadence', cadence.toUpperCase(), [
    ['DAILY', 'Daily'],
    ['WEEKLY', 'Weekly'],
  ])}</label>
<label>Day of a weekly digest ${select(
    'weekday',
    weekdays[weekday - 1] ?? 'MONDAY',
    weekdays.map((name) => [name, capitalized(name)] as const),
  )}</label></p>
<p class="fields"><label>Hour ${select(
    'hour',
    String(hour),
    Array.from({ length: 24 }, (_, at) => [String(at), `${String(at).padStart(2, '0')}:00`] as const),
  )}</label>
<label>Time zone <input name="zone" value="${zone}" placeholder="UTC; or e.g. Europe/Berlin" maxlength="64" data-zone></label></p>
</fieldset>
<fieldset><legend>Which papers</legend>
<p><label>Words <input name="text" value="${typeof text === 'string' ? text : ''}" maxlength="1000" placeholder="all papers"></label></p>
<input type="hidden" name="filter" value="${Object.keys(others).length > 0 ? JSON.stringify(others) : ''}">
${Object.keys(others).length > 0 && html`<p class="small">And with ${inWords(others)}.</p>`}
</fieldset>
<p><label>Form ${select('format', format.toUpperCase(), [
    ['BOTH', 'HTML and text'],
    ['TEXT', 'Text alone'],
  ])}</label></p>`
}

/** `authors Ada Lovelace or Alan Turing, minUpvotes 10` */
function inWords(filter: Readonly<Record<string, unknown>>): string {
  return Object.entries(filter)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' or ') : JSON.stringify(value)}`)
    .join(', ')
}

function select(name: string, chosen: string, options: readonly (readonly [string, string])[]): Html {
  return html`<select name="${name}">${options.map(
    ([value, label]) =>
      html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`,
  )}</select>`
}
