import type { ZodError } from 'zod'
import { BadInputError, type InputIssue } from './errors.ts'

/** What failed validation in the arguments of one field, as an error for the client. */
export function inputError(error: ZodError): BadInputError {
  const issues = error.issues.map(
    (issue): InputIssue => ({
      argumentPath: issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step)),
      message: issue.message,
    }),
  )
  const sentences = issues.map(({ argumentPath, message }) =>
    argumentPath.length === 0 ? message : `${argumentName(argumentPath)}: ${message}`,
  )
  return new BadInputError(sentences.join(' '), issues[0]?.argumentPath, issues)
}

/** `filter.keywords[0]`, the way the caller would write it. */
export function argumentName(path: InputIssue['argumentPath']): string {
  return path.reduce<string>(
    (name, step) => (typeof step === 'number' ? `${name}[${step}]` : name ? `${name}.${step}` : step),
    '',
  )
}
