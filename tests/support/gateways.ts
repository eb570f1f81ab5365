import { type Gateway, type ProcessOptions, startProcess } from '../../src/examples/gateway/process.ts'

export type GatewayKind = 'apollo' | 'hive'

const programs: Readonly<Record<GatewayKind, URL>> = {
  apollo: new URL('./gateway/apollo.ts', import.meta.url),
  hive: new URL('../../src/examples/gateway/hive.ts', import.meta.url),
}
const preload = new URL('./gateway/loopback-only.ts', import.meta.url)

/** A gateway in its own process that cannot connect to other machines. */
export function startGateway(
  kind: GatewayKind,
  supergraph: string,
  options: Omit<ProcessOptions, 'preload'> = {},
): Promise<Gateway> {
  return startProcess(programs[kind], supergraph, { ...options, preload })
}
