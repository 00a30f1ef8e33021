import type { SmallTalk } from './smallTalk.ts'

/** What the docs provider says in words of its own. `{site}` becomes the site's name. */
export interface DocsTexts extends Readonly<Record<SmallTalk, string>> {
  /** Before a list of pages, after `hello`, `who` and `help`. */
  readonly topics: string
  readonly notFound: string
  /** Before a list of pages, after `notFound`. */
  readonly nearest: string
  /** At the end, after `notFound`. */
  readonly askAgain: string
}

export const defaultTexts: DocsTexts = {
  hello:
    'Hello! Ask me anything about {site}: I look it up in its pages and quote what they say, with the source.',
  who: 'I am a search assistant, not a person and not a language model: I look your question up in the pages of {site} and quote what they say, with the source.',
  help: 'I look your question up in the pages of {site} and quote what they say, with the source. A short question in your own words works best.',
  feeling: 'Ready to help, thank you. What would you like to know about {site}?',
  thanks: 'You are welcome! Is there anything else you would like to know?',
  bye: 'Goodbye! The pages of {site} and I are here whenever you need us.',
  topics: 'You could begin with one of these:',
  notFound:
    'I found no answer to that in the pages of {site}, and I would rather say so than guess.',
  nearest: 'These pages come nearest:',
  askAgain: 'It may help to ask in other words, or to name the thing you mean.',
}
