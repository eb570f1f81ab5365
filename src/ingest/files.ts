import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { addAbortSignal } from 'node:stream'
import { codeOf } from '../../db/error.ts'
import type { Reading, SourceName } from '../../db/model/record.ts'
import { SourceError } from './errors.ts'
import { type OpenedSource, openSource } from './sources/index.ts'

export interface InputFile {
  /** `-` is standard input. */
  path: string
  /** What positions of rejections begin with; the dates in it count. */
  name: string
  /** Bytes; unknown for what is not a regular file. */
  size?: number
}

export interface FoundFiles {
  files: InputFile[]
  /** Files of folders whose names have no known ending. */
  skipped: string[]
}

const known = /\.(txt|json|jsonl|ndjson|xml|atom|rss)(\.gz)?$/i
/** Endings of saved pages and of much else: a folder's files are read where their content is known. */
const maybe = /\.(md|markdown|html?|xhtml|mht|mhtml)(\.gz)?$/i

/**
 * The files that paths stand for, in the order given; those of a folder by name, with its subfolders. A file that
 * is named is taken whatever its ending. Throws a `SourceError` for a path that is not there, and for a folder
 * without anything to read.
 */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const found: FoundFiles = { files: [], skipped: [] }
  for (const path of paths) {
    if (path === '-') {
      found.files.push({ path, name: '' })
      continue
    }
    const stats = await stat(path).catch((error) => {
      throw unreadable(path, error)
    })
    if (!stats.isDirectory()) {
      found.files.push({ path, name: path, ...(stats.isFile() && { size: stats.size }) })
      continue
    }
    const inside = await filesOf(path)
    const pages = new Set<string>()
    for (const file of inside.filter((name) => maybe.test(name))) if (await isReadable(file)) pages.add(file)
    const readable = inside.filter((file) => known.test(file) || pages.has(file))
    if (readable.length === 0) {
      throw new SourceError(
        `The folder ${path} contains no file to read. Supported names end in .json, .jsonl, .ndjson, .txt, .md, .html, .mhtml, .xml, .atom or .rss, each also with .gz.`,
      )
    }
    for (const file of readable) {
      const { size } = await stat(file).catch((error) => {
        throw unreadable(file, error)
      })
      found.files.push({ path: file, name: relative(path, file), size })
    }
    found.skipped.push(...inside.filter((file) => !readable.includes(file)))
  }
  return found
}

async function isReadable(file: string): Promise<boolean> {
  const stream = createReadStream(file)
  try {
    const { readings } = await openSource(stream, { name: file })
    await readings[Symbol.asyncIterator]().return?.()
    return true
  } catch (error) {
    if (error instanceof SourceError) return false
    throw unreadable(file, error)
  } finally {
    stream.destroy()
  }
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error) => {
    throw unreadable(folder, error)
  })
  // Links to folders are not followed: they may lead back here.
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Readings that belong to one source, of one file or of many in a row. */
export interface SourceReadings {
  source: SourceName
  readings: AsyncIterable<Reading>
}

export interface ReadFilesOptions {
  /** When the files were received (ISO instant), where they do not tell. */
  observedAt?: string | undefined
  signal?: AbortSignal | undefined
  /** Told as bytes of the files are read. */
  onBytes?: (bytes: number) => void
  /** Told of each file that cannot be read, or no further; the others go on. */
  onFault: (fault: FileFault) => unknown
}

export interface FileFault {
  /** As it was named. */
  path: string
  /** Its kind, where that was found out. */
  source: SourceName | undefined
  /** A sentence that names the file. */
  message: string
  /** The same without the name. */
  reason: string
}

/**
 * Reads files one after the other. Neighbours of one source come as one stream, so that many small files can share
 * a transaction. Each stream has to be read before the next is asked for.
 */
export async function* readFiles(
  files: readonly InputFile[],
  options: ReadFilesOptions,
): AsyncGenerator<SourceReadings> {
  const rest = files[Symbol.iterator]()
  let opened = await openNext()
  while (opened) {
    const { source } = opened
    yield { source, readings: whileOf(source) }
  }

  async function* whileOf(source: SourceName): AsyncGenerator<Reading> {
    while (opened?.source === source) {
      const current = opened
      try {
        yield* current.readings
      } catch (error) {
        options.signal?.throwIfAborted()
        await options.onFault(faultOf(current.path, source, error))
      }
      opened = await openNext()
    }
  }

  async function openNext() {
    for (const file of rest) {
      options.signal?.throwIfAborted()
      try {
        const { source, readings } = await open(file, options)
        return { path: file.path, source: source.source, readings }
      } catch (error) {
        options.signal?.throwIfAborted()
        await options.onFault(faultOf(file.path, undefined, error))
      }
    }
    return undefined
  }
}

function open(file: InputFile, { observedAt, signal, onBytes }: ReadFilesOptions): Promise<OpenedSource> {
  const stream = file.path === '-' ? process.stdin : createReadStream(file.path)
  if (signal) addAbortSignal(signal, stream)
  return openSource(counted(stream, onBytes), { name: file.name, ...(observedAt && { observedAt }) })
}

/** An explicit iterator: one that was never entered still has to close the stream. */
function counted(
  stream: AsyncIterable<Uint8Array>,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncIterable<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]()
  const counting: AsyncIterator<Uint8Array> = {
    async next() {
      const result = await iterator.next()
      if (!result.done) onBytes?.(result.value.length)
      return result
    },
    async return() {
      await iterator.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => counting }
}

function faultOf(path: string, source: SourceName | undefined, error: unknown): FileFault {
  const { message } = unreadable(path, error)
  return {
    path,
    source,
    message,
    reason: error instanceof SourceError ? error.message : 'The file no longer exists.',
  }
}

/** Any fault of reading a file as a sentence that names it; what is no fault of the file is thrown on. */
function unreadable(path: string, error: unknown): SourceError {
  const name = path === '-' ? 'Standard input' : path
  if (error instanceof SourceError) return new SourceError(`${name}: ${error.message}`, { cause: error })
  const code = codeOf(error)
  if (code === 'ENOENT') return new SourceError(`File or folder not found: ${path}. Check its name.`)
  if (code === 'EACCES' || code === 'EPERM') {
    return new SourceError(`${name}: permission denied. Change its permissions.`)
  }
  if (code === 'EIO' || code === 'ELOOP' || code === 'ENAMETOOLONG') {
    return new SourceError(`${name}: cannot be read (${code}).`)
  }
  throw error
}
