import { type JsonObject, readObject, readText } from '@parlance/core'
import { readUnits } from './tokenUnits.ts'

/** What a signed payment allows, as it is about to be sent. */
export interface Credential {
  readonly action: string
  readonly channelId: string | undefined
  /** Sum that the channel's receiver may take, in the token's smallest units. */
  readonly cumulative: bigint | undefined
  /** Who is paid, in lower case, by the challenge and by the channel. */
  readonly recipients: readonly string[]
}

/** Reads the header of a payment; undefined when it carries none. Throws when it cannot be read: then it is not sent. */
export function readCredential(authorization: string | null): Credential | undefined {
  const encoded = /^Payment +([\w-]+)=*$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return undefined
  const { challenge, payload } = fromBase64Url(encoded)
  const told = readObject(payload) ?? {}
  const { request: asked } = readObject(challenge) ?? {}
  const request = typeof asked === 'string' ? fromBase64Url(asked) : (readObject(asked) ?? {})
  const recipients = [request.recipient, readObject(told.descriptor)?.payee].flatMap(
    (recipient) => readText(recipient)?.toLowerCase() ?? [],
  )
  return {
    action: readText(told.action) ?? '',
    channelId: readText(told.channelId)?.toLowerCase(),
    cumulative: readUnits(told.cumulativeAmount),
    recipients,
  }
}

/** JSON in base64url, as payments and receipts are written. Throws for what is none. */
export function fromBase64Url(text: string): JsonObject {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const utf8 = Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))
  const object = readObject(JSON.parse(new TextDecoder().decode(utf8)))
  if (object) return object
  throw new TypeError('no JSON object')
}
