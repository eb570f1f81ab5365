import type { Config } from '../config.ts'
import { userAgentOf } from '../user-agent.ts'
import { arxivSpacingMs } from './arxiv.ts'
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http/client.ts'

type Settings = Config['upstreams']
type Overrides = Partial<Pick<HttpClientOptions, 'clock' | 'onWait' | 'timeoutMs'>>

export function huggingFaceClient(settings: Settings, overrides: Overrides = {}): HttpClient {
  const { huggingfaceUrl: baseUrl, contact, traceparent } = settings
  return createHttpClient({ baseUrl, userAgent: userAgentOf(contact), traceparent, ...overrides })
}

export function arxivClient(settings: Settings, overrides: Overrides = {}): HttpClient {
  const { arxivUrl: baseUrl, contact, traceparent } = settings
  const options = { baseUrl, userAgent: userAgentOf(contact), traceparent, spacingMs: arxivSpacingMs }
  return createHttpClient({ ...options, ...overrides })
}
