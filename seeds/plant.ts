import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Db } from '../db/database.ts'
import { hasPapers } from '../db/papers.ts'

/**
 * Gives an empty database the papers of the captures in this folder, so that a first visit finds something, and
 * returns their number. A database that has papers is left as it is: its owner fills it from elsewhere. Servers
 * that start together may both plant; the second one changes nothing.
 */
export async function plantSeeds(db: Db): Promise<number> {
  if (await hasPapers(db)) return 0
  // Loaded only now: a server whose database has papers starts without the readers of all formats.
  const { ingest } = await import('../src/ingest/run.ts')
  const { openSource } = await import('../src/ingest/sources/index.ts')
  let planted = 0
  const names = await readdir(import.meta.dirname)
  for (const name of names.filter((name) => /\.(?:txt|json\.gz)$/.test(name)).sort()) {
    const { source, readings } = await openSource(createReadStream(join(import.meta.dirname, name)), { name })
    planted += (await ingest(db, source.source, readings)).new
  }
  return planted
}
