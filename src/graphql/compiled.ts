import { type ExecutionArgs, type ExecutionResult, execute, getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { outlineOf } from '../../schema/core/walk.ts'
import { compiledOperation, type JsonAnswer } from '../execution/execute.ts'
import { isPromise, type Pending } from '../execution/execution.ts'
import { objectJson } from '../execution/plan.ts'

/** Executes all operations but those with an answer in parts by their compiled form. */
export function compileOperations(): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const operation = getOperationAST(args.document, args.operationName)
      if (operation && !outlineOf(args.schema, args.document, operation).incremental)
        setExecuteFn((given: ExecutionArgs) => executeCompiled(given) ?? executeFn(given))
    },
  }
}

/** The result of an operation in one piece, whatever of it might be sent in parts. */
export function executeWhole(args: ExecutionArgs): Pending<ExecutionResult> {
  return executeCompiled(args) ?? execute(args)
}

/** The result, which has its JSON ready: `data` is made of it where something looks at it. Undefined if not compiled. */
function executeCompiled(args: ExecutionArgs): Pending<ExecutionResult> | undefined {
  const answer = compiledOperation(args)?.run(args.rootValue, args.contextValue)
  return isPromise(answer) ? answer.then(toResult) : answer && toResult(answer)
}

function toResult({ errors, fields }: JsonAnswer): ExecutionResult {
  if (fields === undefined) return { ...(errors && { errors }) }
  const json = fields ? objectJson(fields) : 'null'
  if (!errors) return new JsonResult(json)
  // Whoever masks the errors copies the result.
  const stringify = (shown: ExecutionResult) => textOf(json, shown)
  return Object.assign({ errors, data: JSON.parse(json) }, { stringify })
}

/** A result without errors. Its data is JSON, and values only where something looks at them. */
class JsonResult implements ExecutionResult {
  readonly json: string
  declare extensions?: Record<string, unknown>

  constructor(json: string) {
    this.json = json
  }

  get data(): Record<string, unknown> | null {
    return JSON.parse(this.json)
  }

  /** Yoga takes it off the result, and hands over the result as clients may see it. */
  stringify(shown: JsonResult): string {
    return textOf(shown.json, shown)
  }

  toJSON(): ExecutionResult {
    const { data, extensions } = this
    return { data, ...(extensions && { extensions }) }
  }
}

function textOf(data: string, { errors, extensions }: ExecutionResult): string {
  const before = errors ? `"errors":${JSON.stringify(errors)},` : ''
  const after = extensions ? `,"extensions":${JSON.stringify(extensions)}` : ''
  return `{${before}"data":${data}${after}}`
}

/** The JSON of the data of a compiled operation's result; undefined for other results. */
export function dataJsonOf(result: ExecutionResult): string | undefined {
  return result instanceof JsonResult ? result.json : undefined
}
