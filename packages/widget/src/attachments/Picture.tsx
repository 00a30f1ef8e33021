import { type ReactElement, useEffect, useRef, useState } from 'react'

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
  const [brokenUrl, setBrokenUrl] = useState<string>()

  useEffect(() => {
    if (!isData(url)) return
    let isCurrent = true
    decode(url).then(
      (bitmap) => {
        if (isCurrent && canvas.current) {
          canvas.current.width = bitmap.width
          canvas.current.height = bitmap.height
          canvas.current.getContext('2d')?.drawImage(bitmap, 0, 0)
        }
        bitmap.close()
      },
      // Not an image after all, or none this browser knows.
      () => isCurrent && setBrokenUrl(url),
    )
    return () => {
      isCurrent = false
    }
  }, [url])

  const isBroken = url === brokenUrl
  return isData(url) && !isBroken ? (
    <canvas ref={canvas} className={className} part="image" role="img" aria-label={name} />
  ) : (
    <img
      className={className}
      part="image"
      // Without an address, which would be asked for, the browser shows the name in the picture's place.
      src={isBroken ? undefined : url}
      alt={name}
      referrerPolicy="no-referrer"
    />
  )
}

const isData = (url: string): boolean => url.startsWith('data:')

async function decode(url: string): Promise<ImageBitmap> {
  const [, type = '', base64 = ''] = /^data:(image\/\w+);base64,(.*)$/s.exec(url) ?? []
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return await createImageBitmap(new Blob([bytes], { type }))
}
