import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that misbehaves when told: cuts links, or stops passing bytes on for a while. */
export interface FaultyProxy {
  readonly port: number
  /** Where new links go; undefined refuses them. */
  target: () => number | undefined
  cutOne(pick: number): void
  cutAll(): void
  /** Passes nothing on, in either direction, for so many milliseconds. */
  stall(milliseconds: number): void
  close(): void
}

export async function startProxy(): Promise<FaultyProxy> {
  const links = new Set<{ near: Socket; far: Socket }>()
  let stalledUntil = 0
  const server = createServer((near) => {
    const port = proxy.target()
    if (port === undefined) {
      near.destroy()
      return
    }
    const far = connect(port, '127.0.0.1')
    const link = { near, far }
    links.add(link)
    const drop = () => {
      links.delete(link)
      near.destroy()
      far.destroy()
    }
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', drop).on('close', drop)
      from.on('data', (chunk) => {
        // Not reading is what stops the sender, as a stalled network does.
        if (!to.write(chunk)) from.pause()
        const left = stalledUntil - Date.now()
        if (left > 0) {
          from.pause()
          setTimeout(() => from.resume(), left)
        }
      })
      to.on('drain', () => from.resume())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: FaultyProxy = {
    port: (server.address() as { port: number }).port,
    target: () => undefined,
    cutOne(pick) {
      const all = [...links]
      const link = all[Math.floor(pick * all.length)]
      link?.near.destroy()
      link?.far.destroy()
    },
    cutAll() {
      for (const { near, far } of links) {
        near.destroy()
        far.destroy()
      }
    },
    stall(milliseconds) {
      stalledUntil = Date.now() + milliseconds
    },
    close() {
      proxy.cutAll()
      server.close()
    },
  }
  return proxy
}
