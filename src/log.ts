import { AsyncLocalStorage } from 'node:async_hooks'
import { StatementScope } from '../db/connection/statement-scope.ts'
import type { Config } from './config.ts'
import { printable, printableJson } from './terminal.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]
export type Fields = Readonly<Record<string, unknown>>

/** One line an event: a sentence, then facts. An `error` among them is shown with its causes. */
export type Logger = Readonly<Record<Level, (sentence: string, fields?: Fields) => void>>

/**
 * What is known of the request that is being served, so that each line about it carries its id. Plain requests have it
 * with the scope of their statements, for two scopes take twice as long as one.
 */
export const requestScope = new AsyncLocalStorage<RequestScope>()

/** The request in which the caller runs. */
export function currentRequest(): RequestScope | undefined {
  return requestScope.getStore() ?? (StatementScope.current?.request as RequestScope | undefined)
}

/** Runs what belongs to no request. */
export function outsideRequests<Result>(work: () => Result): Result {
  return requestScope.exit(() => StatementScope.outside(work))
}

export interface RequestScope {
  readonly requestId: string
  /** Of the trace that a gateway in front began. */
  readonly traceId?: string
}

export type LogOptions = Config['log'] & {
  readonly write?: (line: string) => void
}

/** Writes to standard error, which leaves standard output to what a command is asked to print. */
export function createLogger({ level, format, write = toStandardError }: LogOptions): Logger {
  const least = levels.indexOf(level)
  const print = (at: Level) => {
    if (levels.indexOf(at) < least) return () => {}
    return (sentence: string, fields: Fields = {}) => {
      const facts = { ...currentRequest(), ...fields }
      write(format === 'json' ? jsonLine(at, sentence, facts) : textLine(at, sentence, facts))
    }
  }
  return { debug: print('debug'), info: print('info'), warn: print('warn'), error: print('error') }
}

function jsonLine(level: Level, sentence: string, facts: Fields): string {
  const values = Object.entries(facts).map(([name, value]) => [name, plain(value)])
  return printableJson({
    time: new Date().toISOString(),
    level,
    message: sentence,
    ...Object.fromEntries(values),
  })
}

function textLine(level: Level, sentence: string, { error, ...facts }: Fields): string {
  const time = new Date().toISOString().slice(11, 19)
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  const shown = known.map(([name, value]) => ` ${name}=${word(plain(value))}`).join('')
  const head = `${time} ${level === 'info' ? '' : `${level}: `}${sentence}${shown}`
  return printable(error === undefined ? head : `${head}\n${indent(describe(error))}`)
}

function plain(value: unknown): unknown {
  return value instanceof Error ? describe(value) : value
}

function word(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}

/** An error with its stack and all that caused it; the log is for the operator, clients never see this. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? own : `${own}\ncaused by ${describe(error.cause)}`
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ')
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`)
}
