import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import pg from 'pg'

/** A TCP proxy in front of a Postgres, for faults of the network between a program and its database. */
export interface DatabaseProxy extends AsyncDisposable {
  /** The database by way of the proxy. */
  readonly url: string
  /** Links that are open and not silent. */
  readonly links: number
  /**
   * The present links pass nothing on any more: no byte, no FIN, no RST, in either direction, as when a firewall or a
   * moved address forgets them. New links work.
   */
  silence(): void
  /** Silent links pass on what they held back, and go on. */
  thaw(): void
  /** Ends the present links. */
  cut(): void
  /** The server that new links go to, as a connection string. Links that are open stay where they are. */
  target: string
  /** Whether new links are taken; those that are not are reset. */
  accepts: boolean
}

interface Link {
  readonly near: Socket
  readonly far: Socket
  silent: boolean
}

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const reach = (): Socket => {
    const { host, port } = new pg.Client({ connectionString: proxy.target })
    return host.startsWith('/')
      ? connect(`${host}/.s.PGSQL.${port}`)
      : connect({ host, port, allowHalfOpen: true })
  }
  const links = new Set<Link>()
  const drop = (link: Link) => {
    links.delete(link)
    link.near.destroy()
    link.far.destroy()
  }
  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (!proxy.accepts) return void near.resetAndDestroy()
    const link: Link = { near, far: reach(), silent: false }
    links.add(link)
    for (const [from, to] of [
      [near, link.far],
      [link.far, near],
    ] as const) {
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause()
      })
      to.on('drain', () => {
        if (!link.silent) from.resume()
      })
      from.on('end', () => to.end())
      // The other end of a silent link does not hear of this one's.
      from
        .on('error', () => {})
        .on('close', () => {
          if (!link.silent) drop(link)
        })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = new URL(databaseUrl)
  url.searchParams.delete('host')
  url.searchParams.delete('port')
  url.host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const proxy: DatabaseProxy = {
    accepts: true,
    target: databaseUrl,
    url: url.href,
    get links() {
      return [...links].filter(({ silent }) => !silent).length
    },
    silence() {
      for (const link of links) {
        link.silent = true
        link.near.pause()
        link.far.pause()
      }
    },
    thaw() {
      for (const link of links) {
        link.silent = false
        if (link.near.destroyed || link.far.destroyed) drop(link)
        link.near.resume()
        link.far.resume()
      }
    },
    cut() {
      for (const link of links) drop(link)
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      proxy.cut()
      await closed
    },
  }
  return proxy
}
