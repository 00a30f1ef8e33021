import type { ChatError } from '@parlance/core'
import type { Strings } from '../strings/strings.ts'

/** What a visitor is told about a failure. Faults of the owner's set-up all read alike: they are not the visitor's matter. */
export function errorSentence(error: ChatError, strings: Strings): string {
  return strings.errors[error.code] ?? strings.errors.other
}
