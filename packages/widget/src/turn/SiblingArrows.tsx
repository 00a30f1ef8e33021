import { useChatActions, useSiblings } from '@parlance/react'
import type { ReactElement } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { fill } from '../strings/strings.ts'
import { TurnButton } from './TurnButton.tsx'

/** Steps through the versions of a message: edits of a question, or answers to one. Nothing where there is one. */
export function SiblingArrows({ messageId }: { readonly messageId: string }): ReactElement | null {
  const { strings, formats } = useWidget()
  const { index, ids } = useSiblings(messageId)
  const { selectSibling } = useChatActions()
  if (ids.length < 2) return null
  const position = fill(strings.versionOf, {
    index: formats.number(index + 1),
    count: formats.number(ids.length),
  })
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a fieldset is for fields
    <span className="pl-siblings" part="siblings" role="group" aria-label={position}>
      <TurnButton
        icon="previous"
        label={strings.previousVersion}
        aria-disabled={index === 0}
        onClick={() => index > 0 && selectSibling(messageId, index - 1)}
      />
      <span className="pl-sibling-count" aria-hidden="true">
        {formats.number(index + 1)}/{formats.number(ids.length)}
      </span>
      <TurnButton
        icon="next"
        label={strings.nextVersion}
        aria-disabled={index === ids.length - 1}
        onClick={() => index < ids.length - 1 && selectSibling(messageId, index + 1)}
      />
    </span>
  )
}
