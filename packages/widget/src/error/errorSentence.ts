import type { ChatError } from '@parlance/core'
import type { Strings } from '../strings/strings.ts'

/** Whether the owner has to look into it, and not the visitor. */
export function isOwners(error: ChatError, strings: Strings): boolean {
  return !strings.errors[error.code]
}

/** What a visitor is told about a failure. Faults of the owner's set-up all read alike: they are not the visitor's matter. */
export function errorSentence(error: ChatError, strings: Strings): string {
  return strings.errors[error.code] ?? strings.errors.other
}
