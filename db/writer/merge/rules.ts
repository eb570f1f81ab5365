import { type Authority, type FieldName, fieldDefinitions } from '../../model/paper-fields.ts'
import type { SourceName } from '../../model/record.ts'

export const authorityOf: Record<SourceName, Authority> = {
  arxiv: 'arxiv',
  huggingface: 'huggingface',
  json: 'huggingface',
  client: 'client',
  page: 'page',
}

export function maySet(authority: Authority, field: FieldName): boolean {
  return fieldDefinitions[field].setBy.includes(authority)
}
