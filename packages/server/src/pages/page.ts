/** One page of the owner's site. */
export interface Page {
  /** Address a reader is sent to: absolute, or from the site's root, such as `/docs/shipping`. */
  readonly url: string
  /** The page as Markdown or HTML. */
  readonly text: string
  /** Default: `html` when the text begins with a tag, else `markdown`. */
  readonly format?: 'markdown' | 'html' | undefined
  /** Default: the title of the front matter or of `<title>`, else the first heading, else the last part of the address. */
  readonly title?: string | undefined
}

/** A piece of a section that is quoted whole. */
export interface Block {
  readonly kind: 'prose' | 'list' | 'code' | 'table'
  /** As it is shown. Its links are resolved against the page. */
  readonly markdown: string
  /** Its words alone. */
  readonly text: string
}

/** What stands below one heading, up to the next one. */
export interface Section {
  readonly pageUrl: string
  readonly pageTitle: string
  /** Address of the heading: the page's, with `#anchor`; the page's own for what stands at its top. */
  readonly url: string
  /** The heading as plain text; the page's title for what stands at its top. */
  readonly heading: string
  /** Headings it stands under, outermost first, without the page's title. */
  readonly trail: readonly string[]
  readonly blocks: readonly Block[]
}

/** Heading's text → its anchor on the page, without `#`. Called once per heading, in order. */
export type ToAnchor = (heading: string) => string
