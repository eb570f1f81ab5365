import packageJson from '../../package.json' with { type: 'json' }
import type { Config } from '../config.ts'
import { arxivSpacingMs } from './arxiv.ts'
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http/client.ts'

type Settings = Config['upstreams']
type Overrides = Partial<Pick<HttpClientOptions, 'clock' | 'onWait' | 'timeoutMs'>>

export function huggingFaceClient(settings: Settings, overrides: Overrides = {}): HttpClient {
  const { huggingfaceUrl: baseUrl, contact, traceparent } = settings
  return createHttpClient({ baseUrl, userAgent: userAgent(contact), traceparent, ...overrides })
}

export function arxivClient(settings: Settings, overrides: Overrides = {}): HttpClient {
  const { arxivUrl: baseUrl, contact, traceparent } = settings
  const options = { baseUrl, userAgent: userAgent(contact), traceparent, spacingMs: arxivSpacingMs }
  return createHttpClient({ ...options, ...overrides })
}

/** Who asks, as the operators of an upstream see it; `contact` is an address under which they reach ours. */
function userAgent(contact?: string): string {
  return `${packageJson.name}/${packageJson.version}${contact === undefined ? '' : ` (+${contact})`}`
}
