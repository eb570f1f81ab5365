import { addDays, periodOf } from '../../db/model/period.ts'
import { type Html, html } from '../html.ts'
import { longDay, longMonth } from './dates.ts'
import type { Links } from './links.ts'

/** The editions of a month as a table of its weeks. Only weeks and days that have papers have pages. */
export function monthCalendar(
  month: string,
  editions: ReadonlySet<string>,
  links: Links,
  current?: string,
): Html {
  const { from, to } = periodOf('month', `${month}-01`)
  const weeks: Html[] = []
  for (let day = periodOf('week', from).from; day <= to; day = addDays(day, 7)) {
    const { name } = periodOf('week', day)
    const days = Array.from({ length: 7 }, (_, index) => addDays(day, index))
    const label = html`w${Number(name.slice(6))}`
    const cells = days.map((each) => html`<td>${each.startsWith(month) && dayCell(each)}</td>`)
    weeks.push(
      html`<tr><th scope="row">${days.some((each) => editions.has(each)) ? html`<a href="${links.to(`weeks/${name}`)}">${label}</a>` : label}</th>${cells}</tr>`,
    )
  }
  function dayCell(day: string): Html {
    const number = Number(day.slice(8))
    if (!editions.has(day)) return html`<span>${number}</span>`
    return html`<a href="${links.edition(day)}" aria-label="${longDay(day)}"${day === current && html` aria-current="page"`}>${number}</a>`
  }
  return html`<table class="calendar">
<caption><a href="${links.to(`months/${month}`)}">${longMonth(month)}</a></caption>
<thead><tr><td></td>${weekdays}</tr></thead>
<tbody>${weeks}</tbody>
</table>
`
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map(
  (name) => html`<th scope="col" abbr="${name}">${name.slice(0, 2)}</th>`,
)
