import type { IngestProgress } from '../ingest/run.ts'
import { printableLine } from '../terminal.ts'

export type Counts = Pick<IngestProgress, 'records' | 'new' | 'changed' | 'unchanged' | 'rejected'>

export interface ProgressOptions {
  /** Of how much the whole consists: bytes, editions, papers; undefined where nobody can tell. */
  total?: number | undefined
  /** Whether lines can be drawn over. */
  tty: boolean
  /** Characters of a line. */
  width: number
  write: (text: string) => void
  now?: () => number
}

/** How far the work is, in one line that is drawn over on a terminal, or in a plain line now and then. */
export interface Progress {
  /** So much more of the total is done. */
  advance(amount: number): void
  update(counts: Counts): void
  /** Prints a line of its own above the bar. */
  line(text: string): void
  /** Takes the bar away. */
  end(): void
}

const redrawEveryMs = 100
const linesEveryMs = 5_000

export function createProgress({ total, tty, width, write, now = Date.now }: ProgressOptions): Progress {
  const startMs = now()
  let done = 0
  let counts: Counts = { records: 0, new: 0, changed: 0, unchanged: 0, rejected: 0 }
  let drawnAtMs = tty ? Number.NEGATIVE_INFINITY : startMs
  let drawn = false

  const share = () => (total ? Math.min(1, done / total) : undefined)
  const draw = () => {
    const nowMs = now()
    if (nowMs - drawnAtMs < (tty ? redrawEveryMs : linesEveryMs)) return
    drawnAtMs = nowMs
    const text = lineOf({ share: share(), elapsedSeconds: (nowMs - startMs) / 1000, counts })
    write(tty ? `\r${text.slice(0, width - 1)}\x1b[K` : `${text}\n`)
    drawn = tty
  }
  const clear = () => {
    if (drawn) write('\r\x1b[K')
    drawn = false
  }
  return {
    advance(amount) {
      done += amount
      draw()
    },
    update(newest) {
      counts = newest
      draw()
    },
    line(text) {
      clear()
      write(`${printableLine(text)}\n`)
    },
    end: clear,
  }
}

interface State {
  share: number | undefined
  elapsedSeconds: number
  counts: Counts
}

/** `[=======>    ]  61%  1,240 papers/s  0:07 left  new 12  changed 3  unchanged 40  rejected 0` */
function lineOf({ share, elapsedSeconds, counts }: State): string {
  const rate = Math.round(counts.records / Math.max(elapsedSeconds, 0.001)).toLocaleString('en')
  const left = share && share < 1 ? `  ${clockOf((elapsedSeconds / share) * (1 - share))} left` : ''
  const bar =
    share === undefined ? '' : `[${barOf(share, 12)}] ${String(Math.floor(share * 100)).padStart(3)}%  `
  return `${bar}${rate} papers/s${left}  ${countsOf(counts)}`
}

export function countsOf({ new: created, changed, unchanged, rejected }: Counts): string {
  const [a, b, c, d] = [created, changed, unchanged, rejected].map((count) => count.toLocaleString('en'))
  return `new ${a}  changed ${b}  unchanged ${c}  rejected ${d}`
}

function barOf(share: number, cells: number): string {
  const full = Math.round(share * cells)
  return `${'='.repeat(full)}${full < cells ? '>' : ''}`.padEnd(cells)
}

function clockOf(seconds: number): string {
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const tail = `${hours > 0 ? String(minutes).padStart(2, '0') : minutes}:${String(rest).padStart(2, '0')}`
  return hours > 0 ? `${hours}:${tail}` : tail
}
