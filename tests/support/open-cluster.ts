import { once } from 'node:events'
import { join } from 'node:path'
import { startEmbedded } from '../../db/embedded/index.ts'
import { keptDatabases } from './kept-cluster.ts'
import { databaseUrl } from './urls.ts'

/**
 * Starts the cluster that a failed run kept, prints the address of each database in it, and runs until it is
 * interrupted.
 *
 *   npm run test:open -- <folder>
 */
const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Name the folder that the failed run has printed.')
await using cluster = await startEmbedded({
  superuser: true,
  dataDir: join(folder, 'pg'),
  database: 'postgres',
  path: process.env.PATH,
})
for (const { name, file } of await keptDatabases(cluster.url)) {
  console.log(`${file}\n  psql '${databaseUrl(cluster.url, name)}'`)
}
console.log('Press Ctrl+C to stop it.')
const running = setInterval(() => {}, 60_000) // a signal alone does not keep the process
await once(process, 'SIGINT')
clearInterval(running)
