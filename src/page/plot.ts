import { type Html, html } from '../html.ts'
import { plainDay } from './dates.ts'

export interface PlottedPoint {
  readonly observedAt: string
  readonly upvotes: number | null
}

const size = { width: 320, height: 72 }

/** Upvotes over time as a step line; undefined for less than two points. What it shows stands in its name, in words. */
export function upvotePlot(history: readonly PlottedPoint[]): Html | undefined {
  const points = history.flatMap(({ observedAt, upvotes }) =>
    upvotes === null ? [] : [{ timeMs: Date.parse(observedAt), day: observedAt.slice(0, 10), upvotes }],
  )
  const [first] = points
  const last = points.at(-1)
  if (!first || !last || first === last) return undefined
  const most = Math.max(1, ...points.map(({ upvotes }) => upvotes))
  const x = (timeMs: number) =>
    Math.round((size.width * (timeMs - first.timeMs)) / Math.max(1, last.timeMs - first.timeMs))
  const y = (upvotes: number) => Math.round(size.height - 2 - ((size.height - 4) * upvotes) / most)
  const path = points.map(({ timeMs, upvotes }, index) =>
    index === 0 ? `M0 ${y(upvotes)}` : `H${x(timeMs)}V${y(upvotes)}`,
  )
  const name = `Upvotes from ${first.upvotes} on ${plainDay(first.day)} to ${last.upvotes} on ${plainDay(last.day)}`
  return html`<figure class="plot">
<svg role="img" aria-label="${name}" viewBox="-2 0 ${size.width + 4} ${size.height}"><path d="${path.join('')}" fill="none" stroke="currentColor" stroke-width="2" vector-effect="non-scaling-stroke"/></svg>
<figcaption>${name}.</figcaption>
</figure>
`
}
