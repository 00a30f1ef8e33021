/** What may be attached to one message. */
export interface AttachmentLimits {
  /** MIME types that are taken. Default PNG, JPEG, WebP and GIF. */
  readonly mediaTypes: readonly string[]
  /** Largest file in bytes. Default 10 MiB. */
  readonly maxBytes: number
  /** Most images of one message. Default 4. */
  readonly maxCount: number
  /**
   * Longest side of an image as it is sent, in pixels; larger ones are made smaller first. Default 1,568, beyond which
   * models see nothing more.
   */
  readonly maxPixels: number
}

export const defaultAttachmentLimits: AttachmentLimits = {
  mediaTypes: ['image/png', 'image/jpeg', 'image/webp', 'image/gif'],
  maxBytes: 10 * 1_048_576,
  maxCount: 4,
  maxPixels: 1568,
}
