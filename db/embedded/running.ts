import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownerRole } from './access.ts'

/**
 * The connection string of a Postgres that another process runs on this data directory, as its own pid file
 * tells it; undefined where there is none. Nothing is tried: it may be about to end.
 */
export function runningEmbedded(dataDir: string, database = 'daily_papers'): string | undefined {
  let lines: string[]
  try {
    lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const [socketDir, status] = [lines[4], lines[7]]
  return socketDir && status?.startsWith('ready')
    ? urlOf({ host: socketDir, user: ownerRole, database })
    : undefined
}

/**
 * Says `sslmode=disable`, because a PGSSLMODE meant for another server would fail on a unix socket, and the port, because
 * a PGPORT would name another socket.
 */
export function urlOf({ host, user, database }: { host: string; user: string; database: string }): string {
  const query = `host=${encodeURIComponent(host)}&user=${encodeURIComponent(user)}&port=5432&sslmode=disable`
  return `postgresql:///${encodeURIComponent(database)}?${query}`
}
