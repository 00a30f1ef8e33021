/** A page that carries the script tag, as somebody else's site would. */
export interface HostPage {
  readonly name: string
  readonly title: string
  readonly text: string
}

export const hostPages: readonly HostPage[] = [
  { name: 'clean', title: 'A plain page', text: 'One tag, and a button that opens the chat.' },
  {
    name: 'hostile',
    title: 'A hostile page',
    text: 'Universal rules, !important, a root of 10 px, an AMD loader, additions to prototypes.',
  },
  {
    name: 'csp',
    title: 'A strict policy',
    text: 'No inline script or style; Trusted Types required.',
  },
  {
    name: 'templates',
    title: 'Parts of your own',
    text: 'Header, turns and sources from <template slot>, under the same policy.',
  },
  {
    name: 'turbo-one',
    title: 'Swapped pages',
    text: 'Links swap the body, as Turbo and Astro do.',
  },
  { name: 'phone', title: 'On a phone', text: 'A frame 360 px wide.' },
  { name: 'rtl', title: 'From right to left', text: 'An Arabic page.' },
]
