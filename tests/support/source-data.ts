import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { PaperRecord, Reading } from '../../db/model/record.ts'

const root = join(import.meta.dirname, '../..')
const fixtures = join(root, 'tests/fixtures')

/** Bytes of a file under tests/fixtures/sources. */
export function fixture(name: string): Buffer {
  return readFileSync(join(fixtures, 'sources', name))
}

export function fixtureText(name: string): string {
  return fixture(name).toString()
}

/** An entry of a Daily Papers response, so far as tests look into it. */
export interface FixtureEntry {
  [field: string]: unknown
  paper: Record<string, unknown>
}

/** The entries of a saved response. */
export function fixtureEntries(name: string): [FixtureEntry, ...FixtureEntry[]] {
  return JSON.parse(fixtureText(name))
}

/** A copy with other values at paths such as `paper.authors.0.name`; undefined removes. */
export function changedEntry(entry: FixtureEntry, changes: Record<string, unknown>): FixtureEntry {
  const copy = structuredClone(entry)
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const target = keys.reduce((at: object, key) => Reflect.get(at, key), copy)
    if (value === undefined) Reflect.deleteProperty(target, last)
    else Reflect.set(target, last, value)
  }
  return copy
}

/** The captured page that the project ships with. */
export function capturedPage(): string {
  return readFileSync(join(root, 'seeds/daily-papers-sparsity.txt'), 'utf8')
}

/** The folder of one set of responses: captured on their day, refetched later, or captured twice on one day. */
export function daysFolder(set: 'captures' | 'later' | 'polls'): string {
  return join(fixtures, 'days', set)
}

/** arXiv's answers. */
export const arxivFolder = join(fixtures, 'arxiv')

/** The compressed files of a folder, in the order of their names: unpacked, and named without `.gz`. */
export function unpackedFiles(folder: string): { name: string; bytes: Buffer }[] {
  return readdirSync(folder)
    .sort()
    .map((name) => ({
      name: name.replace(/\.gz$/, ''),
      bytes: gunzipSync(readFileSync(join(folder, name))),
    }))
}

/** The one record of a reading that has nothing else. */
export function onlyRecord(reading: Reading): PaperRecord {
  const [record, ...others] = reading.records
  if (!record || others.length > 0 || reading.rejections.length > 0) {
    throw new Error(`Not one record: ${JSON.stringify(reading).slice(0, 500)}`)
  }
  return record
}

export async function* chunksOf(bytes: Uint8Array | string, size = 65_536): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(bytes)
  for (let from = 0; from < all.length; from += size) yield all.subarray(from, from + size)
}

export async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
