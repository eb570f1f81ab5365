import { type ExecutionArgs, type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import type { Viewer } from '../../../schema/core/context.ts'
import { ApiError } from '../../../schema/core/errors.ts'
import { payerOf } from '../../client-points.ts'
import type { Engine } from '../../graphql/engine.ts'
import type { Hub, OpenArgs } from '../hub.ts'
import { PushedResults } from './pushed-results.ts'
import { QueryResults } from './query-results.ts'
import type { WebSocketConnection } from './ws-connection.ts'
import type { PushOperation, TransportContext } from './yoga-plugin.ts'

type Enveloped = ReturnType<Engine['getEnveloped']>

/**
 * One operation of a WebSocket, in the order of its methods: graphql-ws asks for `prepare`, then for `execute` or
 * `subscribe`. `subscribe` lets Yoga check the limits; behind them the plugin (yoga-plugin.ts) finds this object in
 * the context and calls `open`, which lets the hub write frames to the connection. graphql-ws gets PushedResults,
 * which only tell it of the end.
 */
export class WebSocketOperation implements PushOperation {
  readonly #hub: Hub
  readonly #connection: WebSocketConnection
  readonly #id: string
  readonly #client: string
  readonly #enveloped: Enveloped
  readonly #onLeave = new Set<() => void>()
  #results: PushedResults | undefined

  constructor(
    engine: Engine,
    hub: Hub,
    connection: WebSocketConnection,
    id: string,
    viewer: Viewer,
    extensions: SubscribePayload['extensions'],
  ) {
    this.#hub = hub
    this.#connection = connection
    this.#id = id
    const named = extensions?.clientId ?? connection.clientId
    this.#client = payerOf(viewer, connection.address, named)
    this.#enveloped = engine.getEnveloped({
      ...{ viewer, client: this.#client, asksCost: extensions?.cost === true, push: this },
      onLeave: (listener: () => void) => this.#whenLeft(listener),
    })
  }

  /** The operation that graphql-ws executes with these arguments. */
  static of({ contextValue }: ExecutionArgs): WebSocketOperation {
    return (contextValue as TransportContext).push as WebSocketOperation
  }

  async prepare(payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { schema, parse, validate, contextFactory } = this.#enveloped
    const document = parse(payload.query)
    const faults = validate(schema, document)
    if (faults.length > 0) return faults
    const { variables } = payload
    // No operation has the empty name. Clients that always send the field mean none.
    const operationName = payload.operationName || undefined
    if (!getOperationAST(document, operationName)) return [noOperation()]
    return {
      ...{ schema, document, operationName, variableValues: variables ?? {} },
      contextValue: await contextFactory(),
    }
  }

  execute(args: ExecutionArgs): ReturnType<Enveloped['execute']> | QueryResults {
    const made: unknown = this.#enveloped.execute(args)
    if (!(made instanceof Promise)) return made as ExecutionResult
    return new QueryResults(made, () => {
      for (const listener of [...this.#onLeave]) listener()
    })
  }

  async subscribe(args: ExecutionArgs): Promise<PushedResults | ExecutionResult> {
    const checked = await this.#enveloped.subscribe(args)
    // graphql-ws keeps the arguments for as long as the subscription lasts: of thousands, a third of their memory.
    args.contextValue = undefined
    // Not what Yoga made of them: it wraps iterables.
    return this.#results ?? checked
  }

  /** When the client completes the operation, or the socket closes. Returns what takes it back. */
  #whenLeft(listener: () => void): () => void {
    const forget = this.#connection.onLeave(listener)
    this.#onLeave.add(listener)
    return () => {
      forget()
      this.#onLeave.delete(listener)
    }
  }

  async open(args: OpenArgs): Promise<PushedResults | ExecutionResult> {
    const subscriber = { client: this.#client, socket: this.#connection }
    const opened = await this.#hub.open(args, subscriber, (subscription) => {
      this.#results = new PushedResults(subscription)
      return this.#connection.sinkFor(this.#id, subscription, this.#results)
    })
    return this.#results ?? (opened as ExecutionResult)
  }
}

/** In the words of Yoga. */
function noOperation(): ApiError {
  return new ApiError('OPERATION_RESOLUTION_FAILURE', 'Could not determine what operation to execute.')
}
