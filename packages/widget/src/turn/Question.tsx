import { type ImagePart, type Message, textOf } from '@parlance/core'
import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'

/** What the visitor sent: a tinted bubble, and pictures above it. */
export function Question({ message }: { readonly message: Message }): ReactElement {
  const { strings, slots } = useWidget()
  const images = message.parts.filter((part): part is ImagePart => part.type === 'image')
  const text = textOf(message)
  return (
    <>
      {images.length > 0 && (
        <div className="pl-images">
          {images.map((image) => (
            <slots.Picture
              key={image.url}
              className="pl-image"
              url={image.url}
              name={image.name ?? strings.image}
            />
          ))}
        </div>
      )}
      {text !== '' && (
        <div className="pl-bubble" part="bubble" dir="auto">
          {text}
        </div>
      )}
    </>
  )
}
