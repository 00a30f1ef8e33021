import type { ComponentType, ReactNode } from 'react'
import type { Block, Code, Image, Inline, Link } from '../nodes.ts'
import type { LinkPolicy } from '../safeLink.ts'
import type { MarkdownLabels } from './labels.ts'

/** What a replacement component gets: the node, and its content as elements. */
export interface MarkdownNodeProps<Node> {
  node: Node
  children?: ReactNode
}

/** As {@link MarkdownNodeProps}, with the checked address; undefined when the link must not be followed. */
export interface MarkdownLinkProps extends MarkdownNodeProps<Link> {
  href: string | undefined
}

/** As {@link MarkdownNodeProps}, with the checked address; undefined when the image must not be fetched. */
export interface MarkdownImageProps extends MarkdownNodeProps<Image> {
  src: string | undefined
}

/** What a replacement for a code block gets: `children` is the code as text, in pieces that keep their DOM nodes. */
export interface MarkdownCodeProps extends MarkdownNodeProps<Code> {
  labels: MarkdownLabels
}

type Plain = Exclude<Block | Inline, Code | Link | Image>

/** Components to use instead of the default elements, by node type. Define the object once, outside the render. */
export type MarkdownComponents = {
  [Type in Plain['type']]?:
    | ComponentType<MarkdownNodeProps<Extract<Plain, { type: Type }>>>
    | undefined
} & {
  code?: ComponentType<MarkdownCodeProps> | undefined
  link?: ComponentType<MarkdownLinkProps> | undefined
  image?: ComponentType<MarkdownImageProps> | undefined
}

/** What all blocks of a document are drawn with. One object as long as nothing in it changes. */
export interface How {
  readonly components?: MarkdownComponents | undefined
  readonly linkPolicy?: LinkPolicy | undefined
  readonly imageHosts?: readonly string[] | undefined
  readonly labels: MarkdownLabels
  /** Prefix of the ids of footnotes. */
  readonly id: string
}

/**
 * What a node stands in. In `flow` a paragraph has a direction of its own; `inner`, in quotes and loose items, its
 * container has one for all; a `tight` item holds bare text; nothing in a `link` is a link; `notes` stand at the end;
 * cells in the `head` of a table head their columns.
 */
export type Place = 'flow' | 'inner' | 'tight' | 'link' | 'notes' | 'head'
