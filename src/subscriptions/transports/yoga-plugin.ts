import type { ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Context } from '../../../schema/core/context.ts'
import type { Hub, OpenArgs } from '../hub.ts'
import { PulledResults } from './pulled-results.ts'
import type { PushedResults } from './pushed-results.ts'

/** An operation whose transport opens the subscription itself, with a sink of its own. */
export interface PushOperation {
  open(args: OpenArgs): Promise<PushedResults | ExecutionResult>
}

/** What transports put into the context of an operation. */
export interface TransportContext extends Context {
  /** Absent where Yoga sends the results, over SSE. */
  readonly push?: PushOperation
  /** As limits count clients. */
  readonly client: string
  /** As Yoga and its Node adapter give them. */
  readonly request?: Request
  readonly res?: ServerResponse
}

/** Opens subscriptions at the hub, once Yoga's checks have let them pass. */
export function serveFeed(hub: Hub): Plugin {
  return {
    onSubscribe({ args, setSubscribeFn }) {
      // The engine has made the context; see createEngine.
      const checked = args as unknown as OpenArgs & { contextValue: TransportContext }
      const { push } = checked.contextValue
      setSubscribeFn(() => (push ? push.open(checked) : openPulled(hub, checked)))
    },
  }
}

async function openPulled(
  hub: Hub,
  args: OpenArgs & { contextValue: TransportContext },
): Promise<PulledResults | ExecutionResult> {
  const { client, request, res } = args.contextValue
  let results: PulledResults | undefined
  const opened = await hub.open(args, { client }, (subscription) => {
    results = new PulledResults(subscription, {
      onStalled: () => res?.destroy(),
      joins: takesEventsAlone(request),
    })
    return results
  })
  return results ?? (opened as ExecutionResult)
}

/** Whether Yoga has no choice but to send events. */
function takesEventsAlone(request: Request | undefined): boolean {
  const accept = request?.headers.get('accept') ?? ''
  return /text\/event-stream/i.test(accept) && !/multipart|\*/i.test(accept)
}
