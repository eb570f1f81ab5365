import type { ExecutionArgs, ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { isPromise, type Pending } from '../execution/execution.ts'

type Hook<Name extends 'onExecute' | 'onContextBuilding'> = NonNullable<Plugin[Name]>
type Done = NonNullable<Extract<Awaited<ReturnType<Hook<'onExecute'>>>, object>['onExecuteDone']>
type Execute = (args: ExecutionArgs) => unknown
type ContextPayload = Parameters<Hook<'onContextBuilding'>>[0]
type ExecutePayload = Parameters<Hook<'onExecute'>>[0]
type DonePayload = Parameters<Done>[0]

/**
 * What the plugins of an engine do to an operation with an answer in one piece, as Envelop has it, but without the
 * promises and copies that it makes around each hook: they take longer than a small operation. Our hooks are not
 * asynchronous; one that is, is refused.
 */
export class PluginHooks {
  #onExecute: Hook<'onExecute'>[] = []
  #onContextBuilding: Hook<'onContextBuilding'>[] = []

  /** Goes among the plugins of the engine, to hear of all others. */
  readonly plugin: Plugin = {
    onPluginInit: ({ plugins }) => {
      // Once all have been added.
      queueMicrotask(() => this.#learn(plugins as readonly Plugin[]))
    },
  }

  #learn(plugins: readonly Plugin[]): void {
    this.#onExecute = plugins.flatMap(({ onExecute }) => onExecute ?? [])
    this.#onContextBuilding = plugins.flatMap(({ onContextBuilding }) => onContextBuilding ?? [])
  }

  /** Builds the context of an operation in `context`, which has what the transport knows. */
  buildContext(context: object): void {
    const payload = {
      context,
      extendContext: (extension: object) => Object.assign(context, extension),
      breakContextBuilding: refuseBreak,
    }
    for (const hook of this.#onContextBuilding) refuseAsync(hook(payload as unknown as ContextPayload))
  }

  /** Executes a valid operation; throws or rejects with what no plugin has made a result of. */
  execute(args: ExecutionArgs): Pending<ExecutionResult> {
    const { contextValue: context } = args
    const done: Done[] = []
    let stopped: ExecutionResult | undefined
    const payload = {
      ...{ args, context, executeFn: refuseToExecute as Execute },
      setExecuteFn(executeFn: Execute) {
        payload.executeFn = executeFn
      },
      setResultAndStopExecution(result: ExecutionResult) {
        stopped = result
      },
      extendContext: (extension: object) => Object.assign(context as object, extension),
    }
    for (const hook of this.#onExecute) {
      const after = refuseAsync(hook(payload as unknown as ExecutePayload))
      if (after?.onExecuteDone) done.push(after.onExecuteDone)
      if (stopped) break
    }
    const finish = (made: unknown) => finished(args, made as ExecutionResult, done)
    const made = stopped ?? payload.executeFn(args)
    return isPromise(made) ? made.then(finish) : finish(made)
  }
}

function finished(args: ExecutionArgs, made: ExecutionResult, done: readonly Done[]): ExecutionResult {
  let result = made
  const setResult = (other: ExecutionResult) => {
    result = other
  }
  for (const hook of done) refuseAsync(hook({ args, result, setResult } as unknown as DonePayload))
  return result
}

function refuseAsync<Value>(value: Value): Exclude<Value, PromiseLike<unknown>> {
  if (isPromise(value)) throw new TypeError('The hooks of plugins must not be asynchronous.')
  return value as Exclude<Value, PromiseLike<unknown>>
}

function refuseBreak(): never {
  throw new TypeError('No plugin may break off the building of a context.')
}

function refuseToExecute(): never {
  throw new TypeError('No plugin executes.')
}
