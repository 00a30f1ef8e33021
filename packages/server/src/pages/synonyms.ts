import { toStem } from './words.ts'

/** Everyday words that visitors and pages use for one thing. */
const common: readonly (readonly string[])[] = [
  ['price', 'cost', 'charge', 'fee', 'pay', 'bill', 'expensive', 'cheap', 'money', 'spend'],
  ['stop', 'cancel', 'abort', 'interrupt', 'shut', 'close'],
  ['phone', 'mobile', 'smartphone', 'touch'],
  ['phone', 'telephone', 'call'],
  ['hours', 'open', 'opening'],
  ['mail', 'email', 'write', 'contact'],
  ['find', 'address', 'location'],
  ['install', 'setup', 'embed', 'integrate', 'script', 'snippet', 'tag'],
  ['delete', 'remove', 'clear', 'erase'],
  ['colour', 'theme', 'style', 'brand', 'appearance', 'look', 'design'],
  ['customise', 'configure', 'adjust', 'change', 'personalise'],
  ['save', 'store', 'keep', 'persist', 'remember'],
  ['error', 'failure', 'fail', 'problem', 'trouble', 'broken', 'crash'],
  ['return', 'refund', 'exchange'],
  ['deliver', 'ship', 'shipping', 'delivery', 'arrive'],
  ['secret', 'key', 'credential'],
  ['language', 'locale', 'translate', 'translation'],
  ['size', 'big', 'large', 'small', 'weigh', 'bundle', 'kilobyte'],
  ['fast', 'speed', 'performance', 'quick', 'slow', 'latency'],
  ['accessible', 'accessibility', 'blind', 'screen', 'keyboard', 'disability', 'a11y'],
  ['source', 'citation', 'cite', 'quote', 'reference'],
  ['limit', 'cap', 'quota', 'maximum'],
  ['private', 'privacy', 'gdpr', 'personal'],
  ['safe', 'secure', 'security', 'attack'],
  ['begin', 'start', 'started', 'quickstart', 'first'],
  ['dark', 'night'],
  ['license', 'licence', 'mit', 'open'],
  ['test', 'testing', 'mock', 'fake'],
  ['retry', 'try', 'attempt', 'resend'],
  ['button', 'launcher', 'bubble'],
  ['answer', 'reply', 'response'],
  ['ask', 'question'],
  ['ui', 'interface', 'layout'],
  ['page', 'document', 'documentation', 'docs', 'guide'],
  ['local', 'machine', 'computer', 'laptop', 'offline'],
  ['bug', 'issue', 'problem'],
  ['login', 'logged', 'signed', 'account'],
  ['model', 'llm', 'ai'],
]

/** Stem → stems of words that mean about the same. `more` adds groups of the site's own. */
export function createSynonyms(more: readonly (readonly string[])[] = []): Map<string, string[]> {
  const synonyms = new Map<string, string[]>()
  for (const group of [...common, ...more]) {
    const stems = [...new Set(group.map((word) => toStem(word.toLowerCase())))]
    for (const stem of stems) {
      const others = stems.filter((other) => other !== stem)
      synonyms.set(stem, [...(synonyms.get(stem) ?? []), ...others])
    }
  }
  return synonyms
}
