/** What may be attached to one message. */
export interface AttachmentLimits {
  /** MIME types. Default PNG, JPEG, WebP and GIF. */
  readonly mediaTypes: readonly string[]
  /** Largest file in bytes. Default 4 MiB. */
  readonly maxBytes: number
  /** Most images of one message. Default 4. */
  readonly maxCount: number
}

export const defaultAttachmentLimits: AttachmentLimits = {
  mediaTypes: ['image/png', 'image/jpeg', 'image/webp', 'image/gif'],
  maxBytes: 4 * 1_048_576,
  maxCount: 4,
}
