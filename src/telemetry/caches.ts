import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { Feed } from '../../db/feed/feed.ts'
import type { ResponseCache } from '../cache/response-cache.ts'
import type { Hub } from '../subscriptions/hub.ts'

export interface CacheSources {
  readonly feed: Feed
  readonly hub: Hub
  readonly responses: Pick<ResponseCache, 'held' | 'counts'>
}

/** What the caches in memory hold, and what that of the responses is good for. */
export function registerCaches(registry: Registry, { feed, hub, responses }: CacheSources): void {
  const registers = [registry]
  new Gauge({
    name: 'daily_papers_cache_entries',
    help: 'Entries of the caches in memory.',
    ...{ labelNames: ['cache'], registers, aggregator: 'sum' },
    collect() {
      const { tail, pages } = feed.held
      const { batches, frames } = hub.held
      this.set({ cache: 'tail' }, tail.count)
      this.set({ cache: 'log_pages' }, pages.pages)
      this.set({ cache: 'batches' }, batches.count)
      this.set({ cache: 'frames' }, frames.count)
      this.set({ cache: 'responses' }, responses.held.responses)
    },
  })
  new Gauge({
    name: 'daily_papers_kept_response_bytes',
    help: 'Bytes of the responses that are kept; RESPONSE_CACHE_BYTES bounds them.',
    ...{ registers, aggregator: 'sum' },
    collect() {
      this.set(responses.held.bytes)
    },
  })
  new Counter({
    name: 'daily_papers_responses_total',
    help: 'Responses that may be kept, by where they came from: kept (given again) or made.',
    ...{ labelNames: ['from'], registers },
    collect() {
      const { kept, made } = responses.counts
      this.reset()
      this.inc({ from: 'kept' }, kept)
      this.inc({ from: 'made' }, made)
    },
  })
}
