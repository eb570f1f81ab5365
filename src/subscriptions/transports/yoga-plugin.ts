import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'graphql-yoga'
import type { Context } from '../../../schema/core/context.ts'
import type { Sink, Subscription } from '../frame.ts'
import type { Hub, OpenArgs } from '../hub.ts'
import { PulledResults, PushedResults } from './results.ts'

/** Put into the context of an operation by a transport that takes results itself, past the iterator. */
export const pushing = Symbol('pushing')

export interface Pushing {
  readonly address: string
  /** What stands in for the results, once the subscription is open. */
  results?: PushedResults
  /** `fail` tells the client of an error and ends the operation. */
  makeSink(subscription: Subscription, fail: (error: Error) => void): Sink
}

interface TransportContext extends Context {
  readonly [pushing]?: Pushing
  /** As Yoga's Node adapter gives them. */
  readonly req?: IncomingMessage
  readonly res?: ServerResponse
}

/** Serves subscriptions from the hub, whatever transport they came over. */
export function serveFeed(hub: Hub): Plugin {
  return {
    onSubscribe({ args, setSubscribeFn }) {
      // The engine has made the context; see createEngine.
      setSubscribeFn(() => subscribe(hub, args as unknown as OpenArgs & { contextValue: TransportContext }))
    },
  }
}

async function subscribe(hub: Hub, args: OpenArgs & { contextValue: TransportContext }) {
  const { [pushing]: push, req, res } = args.contextValue
  let results: PulledResults | PushedResults | undefined
  const opened = await hub.open(args, push?.address ?? addressOf(req), (subscription) => {
    if (push) {
      const pushed = new PushedResults(() => subscription.leave())
      results = pushed
      push.results = pushed
      return push.makeSink(subscription, (error) => pushed.fail(error))
    }
    const pulled = new PulledResults(subscription, () => res?.destroy())
    results = pulled
    return pulled
  })
  return results ?? opened
}

export function addressOf(request: IncomingMessage | undefined): string {
  return request?.socket.remoteAddress ?? 'unknown'
}
