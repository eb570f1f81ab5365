import { ApiError } from '../../schema/core/errors.ts'

export function pageNotFound(sentence: string): ApiError {
  return new ApiError('NOT_FOUND', sentence)
}

export function badAddress(sentence: string): ApiError {
  return new ApiError('BAD_USER_INPUT', sentence)
}
