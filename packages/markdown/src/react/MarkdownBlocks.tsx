'use client'

import { useId, useState, type ReactNode } from 'react'
import type { MarkdownDocument } from '../nodes.ts'
import { partsOf } from '../parts.ts'
import type { LinkPolicy } from '../safeLink.ts'
import { drawParts, Part } from './drawNode.tsx'
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
  const [toHow] = useState(createHow)
  const how = toHow(options, `pm${useId()}`)
  const { footnotes } = document
  const drawn = drawParts(partsOf(document), how, 'flow')
  if (footnotes.length > 0) {
    drawn.push(
      <section key="notes" className="pm-footnotes" aria-label={how.labels.footnotes}>
        <ol>
          <Part part={footnotes} how={how} place="notes" />
        </ol>
      </section>,
    )
  }
  return drawn
}

/** Keeps what blocks are drawn with one object, so that blocks can be compared by identity. It is only a cache. */
const createHow = () => {
  let made: How | undefined
  let from: MarkdownDrawOptions = {}

  return (options: MarkdownDrawOptions, id: string): How => {
    if (made && isSame(from, options, 3)) return made
    from = options
    return (made = { ...options, id, labels: { ...englishLabels, ...options.labels } })
  }
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
