import type { Reading, SourceName } from '../../../db/model/record.ts'
import { type Chunks, collect } from './bytes.ts'

/** What a file is, so far as its name and first bytes tell. */
export interface FileHead {
  /** Without folders, in lower case, without `.gz`. */
  name: string
  /** The first characters, without a byte order mark and white space. */
  start: string
  /** Whether `start` holds all of the file. */
  all: boolean
}

export interface ReadOptions {
  /** The file's name, for positions in rejections and for the dates in it. */
  name?: string
  /** When the content was received (ISO instant), where the content does not tell. */
  observedAt?: string
}

/** One kind of file. A new source is a module that exports one of these, and a line in `index.ts`. */
export interface FileSource {
  kind: 'page' | 'html' | 'json' | 'jsonl' | 'arxiv' | 'oai' | 'arxiv-snapshot'
  /** Under which its records are kept. */
  source: SourceName
  recognises(head: FileHead): boolean
  /** Where only the whole file tells under which source its records are kept: reads it, and says. */
  choose?(bytes: Uint8Array): FileSource
  /** Throws a `SourceError` when the input as a whole cannot be read. */
  read(chunks: Chunks, options: ReadOptions): AsyncIterable<Reading>
}

/** A source that needs the whole file before it can tell anything, for files up to `wholeFileLimit`. */
export function wholeFileSource(
  source: Omit<FileSource, 'read'> & { read: (bytes: Uint8Array, options: ReadOptions) => Reading },
): FileSource {
  return {
    ...source,
    async *read(chunks, options) {
      yield source.read(await collect(chunks), options)
    },
  }
}
