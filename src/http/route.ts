import type { IncomingMessage, ServerResponse } from 'node:http'
import type { refuse } from './respond.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** What is at a path. */
export interface Route {
  /** The methods that it takes besides OPTIONS and, where it takes GET, HEAD. Node sends no body to HEAD. */
  readonly methods: readonly string[]
  readonly answer: Answer
  /** How it refuses. The default is plain JSON. */
  readonly refuse?: typeof refuse
}
