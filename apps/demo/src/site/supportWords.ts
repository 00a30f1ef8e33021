import type { SupportChatProps } from '@parlance/widget'

/** What the support chat of this site says before anyone has asked. */
export const supportWords = {
  title: 'Parlance',
  greeting: 'Ask me about Parlance. I answer from its docs and show you where.',
  suggestions: [
    'How is my API key kept safe?',
    'Which models can I use?',
    'What happens when an answer breaks off?',
  ],
  features: { usage: true },
} satisfies SupportChatProps
