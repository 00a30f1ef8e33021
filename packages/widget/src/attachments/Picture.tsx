import { type ReactElement, useEffect, useRef } from 'react'

/** Props of the {@link Picture} slot. */
export interface PictureProps {
  /** `data:` or `https:` URL. */
  readonly url: string
  /** Says what it is to whoever does not see it. */
  readonly name: string
  /** Class of its place: in a turn or among the attachments. */
  readonly className: string
}

/**
 * An image of a message. One in a `data:` URL is drawn on a canvas: a strict Content Security Policy lets a page show
 * no such image, but it lets it draw.
 */
export function Picture({ url, name, className }: PictureProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null)

  useEffect(() => {
    const blob = readDataUrl(url)
    if (!blob) return
    let isCurrent = true
    createImageBitmap(blob).then(
      (bitmap) => {
        if (isCurrent && canvas.current) {
          canvas.current.width = bitmap.width
          canvas.current.height = bitmap.height
          canvas.current.getContext('2d')?.drawImage(bitmap, 0, 0)
        }
        bitmap.close()
      },
      // Not an image after all: its name is still there for everyone.
      () => {},
    )
    return () => {
      isCurrent = false
    }
  }, [url])

  return url.startsWith('data:') ? (
    <canvas ref={canvas} className={className} part="image" role="img" aria-label={name} />
  ) : (
    <img className={className} part="image" src={url} alt={name} referrerPolicy="no-referrer" />
  )
}

function readDataUrl(url: string): Blob | undefined {
  const [, type, base64] = /^data:(image\/\w+);base64,(.*)$/s.exec(url) ?? []
  if (type === undefined || base64 === undefined) return undefined
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return new Blob([bytes], { type })
}
