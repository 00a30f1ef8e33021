import { memo, useId, useState, type ReactNode } from 'react'
import type { FootnoteDefinition, MarkdownDocument } from '../nodes.ts'
import type { LinkPolicy } from '../safeLink.ts'
import { drawBlocks } from './Block.tsx'
import { drawGrown } from './Grown.tsx'
import type { How, MarkdownComponents } from './how.ts'
import { innerLink } from './inlineElements.tsx'
import { englishLabels, type MarkdownLabels } from './labels.ts'

/** How a document is drawn. Objects may be written inline: they count as the same while their fields are. */
export interface MarkdownDrawOptions {
  /** Components to use instead of the default elements, by node type. */
  components?: MarkdownComponents | undefined
  /** Where links may lead. Default: web, mail and phone, any host. */
  linkPolicy?: LinkPolicy | undefined
  /** Exact hosts images may be loaded from. Default none: an image is a link that names its host. */
  imageHosts?: readonly string[] | undefined
  /** Words to use instead of the English ones. */
  labels?: Partial<MarkdownLabels> | undefined
}

/** Props of {@link MarkdownBlocks}. */
export interface MarkdownBlocksProps extends MarkdownDrawOptions {
  document: MarkdownDocument
}

/** Draws one state of a parsed document as React elements. What did not change since the last state does not render. */
export const MarkdownBlocks = ({ document, ...options }: MarkdownBlocksProps): ReactNode => {
  const how = useHow(options)
  const { footnotes } = document
  return (
    <>
      {drawBlocks(document, how, 'flow')}
      {footnotes.length > 0 ? (
        <section className="pm-footnotes" aria-label={how.labels.footnotes}>
          <ol>
            {drawGrown(
              { settled: footnotes, count: footnotes.length, tail: [] },
              how,
              drawFootnote,
            )}
          </ol>
        </section>
      ) : null}
    </>
  )
}

const Footnote = memo(({ note, how }: { note: FootnoteDefinition; how: How }): ReactNode => {
  const id = `${how.id}-note-${note.number}`
  const Replacement = how.components.footnoteDefinition
  const content = drawBlocks(note, how, 'flow')
  return (
    <li value={note.number} id={id} tabIndex={-1}>
      {Replacement ? <Replacement node={note}>{content}</Replacement> : content}{' '}
      {innerLink(id, how.labels.backToText, '\u21a9\ufe0e', true)}
    </li>
  )
})

const drawFootnote = (note: FootnoteDefinition, _: number, how: How): ReactNode => (
  <Footnote key={note.number} note={note} how={how} />
)

const none: MarkdownComponents = {}
const noHosts: readonly string[] = []

/** Keeps what blocks are drawn with one object, so that blocks can be compared by identity. */
const useHow = ({
  components = none,
  linkPolicy,
  imageHosts = noHosts,
  labels,
}: MarkdownDrawOptions): How => {
  const id = useId()
  const fresh: How = {
    components,
    linkPolicy,
    imageHosts,
    labels: labels ? { ...englishLabels, ...labels } : englishLabels,
    id: `pm${id.replaceAll(/[^\w-]/g, '')}`,
  }
  const [how, setHow] = useState(fresh)
  if (isSame(how, fresh, 2)) return how
  // Setting state while rendering makes React start over with the new state before anything is shown.
  setHow(fresh)
  return fresh
}

const isSame = (a: unknown, b: unknown, depth: number): boolean => {
  if (Object.is(a, b)) return true
  if (depth < 0 || typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false
  const left = Object.entries(a)
  const right = new Map(Object.entries(b))
  return (
    left.length === right.size &&
    left.every(([name, value]) => right.has(name) && isSame(value, right.get(name), depth - 1))
  )
}
