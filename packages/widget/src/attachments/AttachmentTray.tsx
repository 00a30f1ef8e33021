import type { ReactElement } from 'react'
import { Icon } from '../icon/Icon.tsx'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill } from '../strings/strings.ts'
import type { Attachment } from './useAttachments.ts'

/** Props of the {@link AttachmentTray} slot. */
export interface AttachmentTrayProps {
  readonly attachments: readonly Attachment[]
  readonly problems: readonly string[]
  readonly onRemove: (id: number) => void
}

/** The images that go with the next message, and what is wrong with those that do not. */
export function AttachmentTray({
  attachments,
  problems,
  onRemove,
}: AttachmentTrayProps): ReactElement {
  const { strings, slots } = useWidget()
  return (
    <>
      {attachments.length > 0 && (
        <ul className="pl-tray" part="attachments" aria-label={strings.attachments}>
          {attachments.map(({ id, name, image, progress }) => (
            <li
              key={id}
              className="pl-thumb"
              part="attachment"
              data-state={image ? 'ready' : 'reading'}
            >
              {image ? (
                <slots.Picture className="pl-thumb-image" url={image.url} name={name} />
              ) : (
                <progress className="pl-thumb-progress" aria-label={name} value={progress} />
              )}
              <button
                type="button"
                className="pl-thumb-remove"
                aria-label={fill(strings.removeAttachment, { name })}
                title={fill(strings.removeAttachment, { name })}
                onClick={() => onRemove(id)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div role="alert" className="pl-tray-problems">
        {problems.map((problem) => (
          <p key={problem} className="pl-problem">
            {problem}
          </p>
        ))}
      </div>
    </>
  )
}
