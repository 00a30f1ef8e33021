import type { Text } from '@parlance/markdown'
import type { MarkdownNodeProps } from '@parlance/markdown/react'
import type { ReactNode } from 'react'
import { useWidget } from '../settings/WidgetContext.tsx'
import { useCitations } from './CitationsContext.tsx'
import { toSources } from './sources.ts'

const marker = /\[(\d{1,3})\]/

/** Text of an answer in which markers such as `[2]` become chips that lead to their source. */
export function CitedText({ children }: MarkdownNodeProps<Text>): ReactNode {
  return typeof children === 'string' && marker.test(children) ? (
    <Chips text={children} />
  ) : (
    children
  )
}

function Chips({ text }: { readonly text: string }): ReactNode {
  const { slots } = useWidget()
  const sources = toSources(useCitations())
  // Split at a group: every second piece is a number.
  return text.split(marker).map((piece, index) => {
    if (index % 2 === 0) return piece
    const source = sources.find(({ number }) => number === Number(piece))
    // oxlint-disable-next-line react/no-array-index-key -- pieces of one text keep their order
    return source ? <slots.Citation key={index} source={source} /> : `[${piece}]`
  })
}
