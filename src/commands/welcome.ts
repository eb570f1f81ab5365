import { countStored } from '../../db/stats.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import { localAddress } from '../http/public-address.ts'
import { printableJson } from '../terminal.ts'

/** A server that answers. */
export type Ready = Pick<App, 'url' | 'db' | 'store'>

/** What the terminal says when the server is ready: what runs where, and what to try next. */
export async function welcome({ url, db, store }: Ready, config: Config): Promise<string> {
  const { papers, editions } = await countStored(db)
  const place = localAddress(url)
  return `Daily Papers is ready: ${countOf(papers, 'paper')} in ${countOf(editions, 'edition')}.

  API and GraphiQL   ${place}/graphql${config.http.page ? `\n  Pages to read      ${place}` : ''}
  Database           ${store.description}
${migrated(store.migrated)}  Writes over HTTP   ${config.writeToken ? 'on, with the token in WRITE_TOKEN' : `with a token: ${commandLine('token', 'create --name me --role ingest')}`}
  New papers         ${polling(config)}${config.workers > 1 ? `\n  Workers            ${config.workers}` : ''}
${config.trusted.only ? onlyTrusted(place, config) : toTry(place)}
Press Ctrl-C to stop.
`
}

/** An installed package has no scripts of npm where it is started. */
const isInstalled = import.meta.url.includes('/node_modules/')

/** How a command is typed here. */
function commandLine(command: 'start' | 'token' | 'ingest', options: string): string {
  if (isInstalled) return `npx daily-papers ${command === 'start' ? options : `${command} ${options}`}`
  return command === 'start' ? `npm start -- ${options}` : `npm run ${command} -- ${options}`
}

/** A new database runs all of them, of which nobody needs to know. */
function migrated(names: readonly string[]): string {
  const isNew = names.includes('0001_papers')
  return names.length === 0 || isNew ? '' : `  Migrations run     ${names.join(', ')}\n`
}

function toTry(place: string): string {
  return `
Send a query, here or in GraphiQL:
  curl ${place}/graphql -H 'content-type: application/json' \\
    -d '{"query":"{ papers(first: 3) { nodes { title } } }"}'
Subscribe to new papers, and ingest some from another terminal with ${commandLine('ingest', '<file>')}:
  curl -N ${place}/graphql -H 'content-type: application/json' -H 'accept: text/event-stream' \\
    -d '{"query":"subscription { paperIngested { paper { title } } }"}'`
}

/** What is in the document of an id, and which variables it takes, only its authors know. */
function onlyTrusted(place: string, { trusted }: Config): string {
  return `  Documents          only those in ${trusted.manifest}, by id

Send a query:
  curl '${place}/graphql?documentId=<id>'
Follow what happens to papers, and ingest some from another terminal with ${commandLine('ingest', '<file>')}:
  curl -N ${place}/feed`
}

function polling({ poll, upstreams }: Config): string {
  if (poll.source === 'none')
    return `not polled; ${commandLine('start', '--poll huggingface')} keeps them up to date`
  return `from ${new URL(upstreams.huggingfaceUrl).host}, every ${countOf(poll.everyMs / 60_000, 'minute')}`
}

function countOf(amount: number, noun: string): string {
  return `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`
}

/** The same for programs, as one line of JSON. */
export async function readyLine({ url, db, store }: Ready): Promise<string> {
  const { papers, editions } = await countStored(db)
  return printableJson({
    time: new Date().toISOString(),
    level: 'info',
    message: 'Ready.',
    event: 'ready',
    version: packageJson.version,
    address: url,
    database: store.description,
    migrationsRun: store.migrated,
    papers,
    editions,
  })
}
