import { isUtf8 } from 'node:buffer'
import type { Reading } from '../../../db/model/record.ts'
import { SourceError } from '../errors.ts'
import type { Chunks } from './bytes.ts'
import { readSavedJson, type SavedOptions } from './json.ts'
import { observationTime } from './options.ts'
import { positionIn } from './rejections.ts'
import type { FileHead, FileSource } from './source.ts'

export interface JsonLinesOptions extends SavedOptions {
  /** Bytes of one line; a longer one is rejected without being kept. Default 16 MiB. */
  maxLineBytes?: number
  /** What a line is read with. Default `readSavedJson`. */
  read?: (json: unknown, position: string) => Reading
  /** Lines of one reading at most. Default 500. */
  linesPerReading?: number
}

/** Bytes of lines after which a reading ends early, so that long lines do not add up. */
const bytesPerReading = 8 * 1024 * 1024

/**
 * JSON Lines: each line an entry, a paper or a whole response. Holds one reading at a time, whatever the length of
 * the stream; a line that cannot be read is rejected alone. Each line is dated by itself (see `readSavedJson`).
 */
export async function* readJsonLines(
  chunks: Chunks,
  options: JsonLinesOptions = {},
): AsyncGenerator<Reading> {
  const linesPerReading = options.linesPerReading ?? 500
  if (options.observedAt !== undefined) observationTime(options.observedAt)
  let batch = emptyBatch()
  for await (const line of splitLines(chunks, options.maxLineBytes ?? 16 * 1024 * 1024)) {
    const reading = readLine(line, options)
    append(batch.reading, reading)
    batch.lines += 1
    batch.bytes += line.bytes?.length ?? 0
    if (batch.lines < linesPerReading && batch.bytes < bytesPerReading) continue
    yield batch.reading
    batch = emptyBatch()
  }
  if (batch.lines > 0) yield batch.reading
}

function emptyBatch() {
  const reading: Reading = { records: [], rejections: [], editions: [] }
  return { reading, lines: 0, bytes: 0 }
}

interface Line {
  number: number
  /** Absent for a line above the limit. */
  bytes?: Buffer
}

function readLine({ number, bytes }: Line, options: JsonLinesOptions): Reading {
  const position = positionIn(options.name, `line ${number}`)
  const rejected = (reason: string): Reading => ({
    records: [],
    rejections: [{ position, reason }],
    editions: [],
  })
  if (!bytes) return rejected('The line is too long for one entry or one response; split it.')
  if (!isUtf8(bytes)) return rejected('The line is not UTF-8 text.')
  try {
    const json: unknown = JSON.parse(bytes.toString())
    return options.read ? options.read(json, position) : readSavedJson(json, options, position)
  } catch (error) {
    if (error instanceof SourceError) return rejected(error.message)
    if (error instanceof SyntaxError) return rejected(`The line is not complete JSON (${error.message}).`)
    throw error
  }
}

const newline = 0x0a

/** Lines that are not blank, numbered from 1. What exceeds `maxBytes` is dropped as it arrives. */
async function* splitLines(chunks: Chunks, maxBytes: number): AsyncGenerator<Line> {
  let parts: Uint8Array[] = []
  let length = 0
  let number = 0
  const finish = (): Line | undefined => {
    number += 1
    const bytes = length <= maxBytes ? withoutMark(Buffer.concat(parts), number) : undefined
    parts = []
    length = 0
    return bytes === undefined ? { number } : isBlank(bytes) ? undefined : { number, bytes }
  }
  const add = (part: Uint8Array) => {
    length += part.length
    if (length <= maxBytes) parts.push(part)
    else parts = []
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let to = chunk.indexOf(newline); to !== -1; to = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, to))
      const line = finish()
      if (line) yield line
      from = to + 1
    }
    if (from < chunk.length) add(chunk.subarray(from))
  }
  const last = length > 0 ? finish() : undefined
  if (last) yield last
}

/** JSON.parse does not take the byte order mark that may open a file. */
function withoutMark(bytes: Buffer, number: number): Buffer {
  return number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
    ? bytes.subarray(3)
    : bytes
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

function append(to: Reading, from: Reading): void {
  for (const record of from.records) to.records.push(record)
  for (const rejection of from.rejections) to.rejections.push(rejection)
}

/** Whether the first line is JSON by itself and more follows, or is too long to tell and not a list. */
function looksLikeLines({ name, start, all }: FileHead): boolean {
  if (!/^[[{]/.test(start)) return false
  const end = start.indexOf('\n')
  if (end === -1) return !all && (/\.(jsonl|ndjson)$/.test(name) || start.startsWith('{'))
  // The cheaper question first: the one line of a large answer is parsed when it is read.
  return (start.slice(end).trim() !== '' || !all) && isJson(start.slice(0, end))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export const jsonLinesSource: FileSource = {
  kind: 'jsonl',
  source: 'json',
  recognises: looksLikeLines,
  read: readJsonLines,
}
