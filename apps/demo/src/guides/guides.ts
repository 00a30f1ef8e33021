import type { Guide } from './readGuide.ts'

/** A guide in the list beside the pages. */
export interface GuideLink {
  readonly slug: string
  /** As short as a list wants it; the page's own title is longer. */
  readonly label: string
}

export interface GuideGroup {
  readonly label: string
  readonly guides: readonly GuideLink[]
}

/** All guides, in the order a newcomer reads them. */
export const guideGroups: readonly GuideGroup[] = [
  {
    label: 'Begin',
    guides: [
      { slug: 'getting-started', label: 'Getting started' },
      { slug: 'providers', label: 'Providers' },
      { slug: 'faq', label: 'Questions and answers' },
    ],
  },
  {
    label: 'On the page',
    guides: [
      { slug: 'script-tag', label: 'One tag for any page' },
      { slug: 'widget', label: 'The widget' },
      { slug: 'custom-interface', label: 'A chat of your own' },
      { slug: 'accessibility', label: 'Accessibility' },
    ],
  },
  {
    label: 'On the server',
    guides: [
      { slug: 'how-the-relay-works', label: 'How the relay works' },
      { slug: 'tokens-and-security', label: 'Tokens and security' },
      { slug: 'tools', label: 'Tools' },
      { slug: 'errors-and-retries', label: 'Errors and retries' },
      { slug: 'self-hosting', label: 'Self-hosting' },
    ],
  },
]

export const guideLinks: readonly GuideLink[] = guideGroups.flatMap(({ guides }) => guides)

const loaders = import.meta.glob<Guide>('../../../../docs/guides/*.md', {
  query: '?guide',
  import: 'default',
})

/** Loads a guide; undefined when there is none of this name. */
export function loadGuide(slug: string): Promise<Guide> | undefined {
  return loaders[`../../../../docs/guides/${slug}.md`]?.()
}
