import { expect, test } from 'vitest'
import { createProgress } from '../../src/commands/progress.ts'

function progressOf(options: { tty: boolean; total?: number; width?: number }) {
  const written: string[] = []
  let time = 0
  const progress = createProgress({
    width: 200,
    ...options,
    write: (text) => written.push(text),
    now: () => time,
  })
  return {
    progress,
    written,
    pass: (milliseconds: number) => {
      time += milliseconds
    },
  }
}

const counts = { records: 1_240, new: 1_000, changed: 200, unchanged: 40, rejected: 2 }

test('on a terminal one line is drawn over: bar, share, rate, time left, counts', () => {
  const { progress, written, pass } = progressOf({ tty: true, total: 1_000 })
  pass(2_000)
  progress.advance(250)
  pass(200)
  progress.update(counts)
  expect(written.at(-1)).toBe(
    '\r[===>        ]  25%  564 papers/s  0:07 left  new 1,000  changed 200  unchanged 40  rejected 2\x1b[K',
  )
  progress.line('huggingface.co limits the request rate; waiting 10 s.')
  expect(written.slice(-2)).toEqual(['\r\x1b[K', 'huggingface.co limits the request rate; waiting 10 s.\n'])
  pass(100)
  progress.advance(750)
  expect(written.at(-1)).toMatch(/^\r\[={12}\] 100% {2}\d+ papers\/s {2}new/)
  progress.end()
  expect(written.at(-1)).toBe('\r\x1b[K')
})

test('it is not drawn more than ten times a second, and not wider than the terminal', () => {
  const { progress, written, pass } = progressOf({ tty: true, total: 1_000, width: 40 })
  for (let times = 0; times < 100; times += 1) {
    progress.advance(1)
    pass(10)
  }
  expect(written.length).toBeLessThanOrEqual(10)
  expect(written[0]).toHaveLength('\r'.length + 39 + '\x1b[K'.length)
})

test('where the whole is not known there is neither a bar nor a time left', () => {
  const { progress, written, pass } = progressOf({ tty: true })
  pass(1_000)
  progress.update(counts)
  expect(written).toEqual(['\r1,240 papers/s  new 1,000  changed 200  unchanged 40  rejected 2\x1b[K'])
})

test('in a pipe it is a plain line every five seconds', () => {
  const { progress, written, pass } = progressOf({ tty: false, total: 1_000 })
  for (let seconds = 0; seconds < 12; seconds += 1) {
    pass(1_000)
    progress.advance(10)
  }
  progress.end()
  expect(written).toHaveLength(2)
  for (const line of written) expect(line).toMatch(/^\[[= >]{12}\] +\d+% .* left .*\n$/)
})
