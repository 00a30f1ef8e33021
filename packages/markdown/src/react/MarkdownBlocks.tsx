import { useId, useMemo, useState, type ReactNode } from 'react'
import type { MarkdownDocument } from '../nodes.ts'
import { runsOf } from '../runs.ts'
import type { LinkPolicy } from '../safeLink.ts'
import { drawGrown } from './drawGrown.tsx'
import { drawPart } from './drawNode.tsx'
import type { How, MarkdownComponents } from './how.ts'
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
  const notes = { settled: footnotes, count: footnotes.length, tail: [] }
  return (
    <>
      {drawGrown({ ...runsOf(document), how, place: 'flow', draw: drawPart })}
      {footnotes.length > 0 && (
        <section className="pm-footnotes" aria-label={how.labels.footnotes}>
          <ol>{drawGrown({ ...notes, how, place: 'notes', draw: drawPart })}</ol>
        </section>
      )}
    </>
  )
}

/** Keeps what blocks are drawn with one object, so that blocks can be compared by identity. */
const useHow = (options: MarkdownDrawOptions): How => {
  const id = `pm${useId()}`
  const [kept, keep] = useState(options)
  const current = isSame(kept, options, 3) ? kept : options
  // Setting state while rendering makes React start over with the new state before anything is shown.
  if (current !== kept) keep(current)
  return useMemo(
    () => ({ ...current, id, labels: { ...englishLabels, ...current.labels } }),
    [current, id],
  )
}

type Fields = Readonly<Record<string, unknown>> | undefined

/** Whether two values are the same, or objects of the same fields; an absent object is an empty one. */
const isSame = (a: unknown, b: unknown, depth: number): boolean =>
  a === b ||
  (depth > 0 &&
    typeof (a ?? b) === 'object' &&
    typeof (b ?? a) === 'object' &&
    Object.keys({ ...(a as Fields), ...(b as Fields) }).every((name) =>
      isSame((a as Fields)?.[name], (b as Fields)?.[name], depth - 1),
    ))
