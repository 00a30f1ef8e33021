import type { ImagePart } from '@parlance/core'
import type { AttachmentLimits } from './attachmentLimits.ts'

/** Why a file cannot be attached. */
export type AttachmentProblem = 'type' | 'too-large' | 'unreadable'

/**
 * Turns a file into what is sent, or says why not. The type is judged by its first bytes, not by its name.
 * `onProgress` is told how much of it is read, from 0 to 1.
 */
export async function readImage(
  file: File,
  limits: AttachmentLimits,
  onProgress?: (share: number) => void,
): Promise<ImagePart | AttachmentProblem> {
  if (file.size > limits.maxBytes) return 'too-large'
  const mediaType = await readMediaType(file)
  if (mediaType === undefined || !limits.mediaTypes.includes(mediaType)) return 'type'
  try {
    const small = await toSmall(file, mediaType, limits.maxPixels)
    const url = await toDataUrl(small, onProgress)
    return { type: 'image', url, mediaType: small.type, name: file.name }
  } catch {
    return 'unreadable'
  }
}

/** First bytes of each type; null stands for any byte. */
const signatures: readonly (readonly [string, readonly (number | null)[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50]],
]

async function readMediaType(file: Blob): Promise<string | undefined> {
  const bytes = new Uint8Array(await file.slice(0, 12).arrayBuffer())
  return signatures.find(([, signature]) =>
    signature.every((byte, index) => byte === null || bytes[index] === byte),
  )?.[0]
}

async function toSmall(file: Blob, mediaType: string, maxPixels: number): Promise<Blob> {
  const bitmap = await createImageBitmap(file)
  try {
    const scale = maxPixels / Math.max(bitmap.width, bitmap.height)
    // Untouched it keeps its movement and its exact pixels; only its own name for its type is not trusted.
    if (scale >= 1) return new Blob([file], { type: mediaType })
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(bitmap.width * scale))
    canvas.height = Math.max(1, Math.round(bitmap.height * scale))
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    const type = mediaType === 'image/jpeg' ? 'image/jpeg' : 'image/png'
    return await new Promise((resolve, reject) => {
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('The image could not be encoded.'))),
        type,
        0.86,
      )
    })
  } finally {
    bitmap.close()
  }
}

function toDataUrl(blob: Blob, onProgress?: (share: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onprogress = ({ loaded, total }) => onProgress?.(loaded / total)
    reader.onload = () => resolve(reader.result as string)
    reader.onerror = () => reject(reader.error ?? new Error('The file could not be read.'))
    reader.readAsDataURL(blob)
  })
}
