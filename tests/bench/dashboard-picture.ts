import { html } from '../../src/html.ts'
import { browserPath, launchBrowser } from '../support/browser.ts'

/** What is used of a dashboard of Grafana. */
interface Dashboard {
  readonly title: string
  readonly panels: readonly Panel[]
}

interface Panel {
  readonly title: string
  readonly type: string
  /** In columns, of which there are 24, and rows. */
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[]
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } }
}

/** An answer of Prometheus about a range. */
interface Matrix {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>
    readonly values: readonly (readonly [seconds: number, value: string])[]
  }[]
}

interface Line {
  readonly name: string
  readonly points: readonly (readonly [seconds: number, value: number])[]
}

export interface PictureOptions {
  readonly dashboard: Dashboard
  /** A file to be, PNG. */
  readonly picture: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number
  readonly stepSeconds: number
  /** For `$__rate_interval`, e.g. `20s`. */
  readonly rateInterval: string
  /** Asks Prometheus for a range. */
  readonly range: (parameters: Readonly<Record<string, string>>) => Promise<Matrix>
}

const cell = { width: 62, height: 30, gap: 8 }
const colours = ['#73bf69', '#f2cc0c', '#5794f2', '#ff9830', '#f2495c', '#b877d9', '#8ab8ff', '#ffee52']

/** Draws the panels of a dashboard as Prometheus answers their expressions, and as they are laid out in Grafana. */
export async function paint(options: PictureOptions): Promise<void> {
  const { dashboard, picture } = options
  if (browserPath === undefined) throw new Error('There is no Chromium to draw the picture.')
  const drawn: string[] = []
  for (const panel of dashboard.panels) drawn.push(await draw(panel, options))
  const rows = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h))
  const [width, height] = [24 * cell.width, rows * cell.height]
  await using stack = new AsyncDisposableStack()
  const browser = await launchBrowser(browserPath)
  stack.defer(() => browser.close())
  const page = await browser.newPage({ viewport: { width, height } })
  await page.setContent(
    `<body style="margin:0;background:#111217"><svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="#ccccdc">${drawn.join('')}</svg>`,
  )
  await page.screenshot({ path: picture })
}

async function draw(panel: Panel, options: PictureOptions): Promise<string> {
  const { x, y, w, h } = panel.gridPos
  const place = `transform="translate(${x * cell.width + cell.gap / 2} ${y * cell.height + cell.gap / 2})"`
  if (panel.type === 'row') return `<text ${place} dy="15" font-size="14">${html`${panel.title}`}</text>`
  const size = { width: w * cell.width - cell.gap, height: h * cell.height - cell.gap }
  const lines = (await Promise.all((panel.targets ?? []).map((target) => linesOf(target, options)))).flat()
  return `<g ${place}><rect width="${size.width}" height="${size.height}" rx="3" fill="#181b1f"/><text x="8" y="17" font-weight="bold">${html`${panel.title}`}</text>${plot(lines, size, panel.fieldConfig?.defaults?.unit ?? 'short', options)}</g>`
}

async function linesOf(
  { expr, legendFormat = '' }: { readonly expr: string; readonly legendFormat?: string },
  { startedAt, endedAt, stepSeconds, rateInterval, range }: PictureOptions,
): Promise<Line[]> {
  const { result } = await range({
    query: expr.replaceAll('$job', 'daily-papers').replaceAll('$__rate_interval', rateInterval),
    ...{ start: String(startedAt / 1000), end: String(endedAt / 1000), step: String(stepSeconds) },
  })
  return result.map(({ metric, values }) => ({
    name: legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
    points: values.map(([seconds, value]) => [seconds, Number(value)] as const),
  }))
}

/** Lines above their names, with what their axes mean. Where a value is missing, so is the line. */
function plot(
  lines: readonly Line[],
  size: { readonly width: number; readonly height: number },
  unit: string,
  { startedAt, endedAt, stepSeconds }: PictureOptions,
): string {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite)
  if (values.length === 0) return `<text x="8" y="50" opacity=".6">No data</text>`
  const names = lines.toSorted((one, other) => maximum(other) - maximum(one)).slice(0, 8)
  const columns = 2
  const area = {
    ...{ left: 58, top: 28, right: size.width - 10 },
    bottom: size.height - 26 - 14 * Math.ceil(names.length / columns),
  }
  const most = roundUp(Math.max(...values))
  const x = (seconds: number) =>
    area.left + ((area.right - area.left) * (seconds * 1000 - startedAt)) / (endedAt - startedAt)
  const y = (value: number) => area.bottom - ((area.bottom - area.top) * Math.max(0, value)) / most
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<path d="M${area.left} ${y(share * most)}H${area.right}" stroke="#2c3235"/><text x="${area.left - 6}" y="${y(share * most) + 4}" text-anchor="end">${shown(share * most, unit)}</text>`,
  )
  const times = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const time = new Date(startedAt + share * (endedAt - startedAt))
    return `<text x="${x(time.getTime() / 1000)}" y="${area.bottom + 15}" text-anchor="${share === 1 ? 'end' : 'middle'}">${time.toISOString().slice(11, 19)}</text>`
  })
  const drawn = names.map(({ points }, index) => {
    const path = points.map(([seconds, value], at) => {
      if (!Number.isFinite(value)) return ''
      const [before, last = NaN] = points[at - 1] ?? [0]
      const goesOn = Number.isFinite(last) && seconds - before <= 1.5 * stepSeconds
      return `${goesOn ? 'L' : 'M'}${x(seconds).toFixed(1)} ${y(value).toFixed(1)}`
    })
    return `<path d="${path.join('')}" fill="none" stroke="${colourOf(index)}" stroke-width="1.5" stroke-linecap="square"/>`
  })
  const legend = names.map((line, index) => {
    const left = 8 + (index % columns) * (size.width / columns)
    const top = area.bottom + 32 + 14 * Math.floor(index / columns)
    return `<rect x="${left}" y="${top - 8}" width="10" height="3" fill="${colourOf(index)}"/><text x="${left + 15}" y="${top}">${html`${line.name.slice(0, 34)}`}</text>`
  })
  return [...grid, ...times, ...drawn, ...legend].join('')
}

const colourOf = (index: number) => colours[index % colours.length] ?? ''

function maximum({ points }: Line): number {
  return Math.max(...points.map(([, value]) => (Number.isFinite(value) ? value : 0)))
}

/** The next 1, 2 or 5 of a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((step) => value <= step * power) ?? 10) * power
}

function shown(value: number, unit: string): string {
  const rounded = (number: number) => String(Number(number.toPrecision(3)))
  if (unit === 's') return value > 0 && value < 1 ? `${rounded(value * 1000)} ms` : `${rounded(value)} s`
  if (unit === 'bytes') return `${rounded(value / 2 ** 20)} MiB`
  if (unit === 'percentunit') return `${rounded(value * 100)} %`
  return `${rounded(value)}${unit === 'ops' || unit === 'reqps' ? '/s' : ''}`
}
