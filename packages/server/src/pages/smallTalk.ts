/** What a message is when it asks nothing of the pages. */
export type SmallTalk = 'hello' | 'thanks' | 'bye' | 'who' | 'help' | 'feeling'

const patterns: readonly (readonly [SmallTalk, RegExp])[] = [
  [
    'who',
    /^(?:who|what) (?:are|r) (?:you|u)$|^are you (?:a |an )?(?:real |live )?(?:bot|robot|human|person|ai|machine|chatbot|chatgpt|gpt|llm|there|someone)(?: or .*)?$|^(?:what(?:s| is) your name|do you have a name)$|^am i (?:talking|speaking|chatting) (?:to|with) .*$|^(?:is this|is that) (?:a |an )?(?:bot|robot|human|person|ai|real person)$/,
  ],
  [
    'help',
    /^(?:help|help me|help please|please help|can you help(?: me)?|i need help|what can (?:you|i) (?:do|ask|help|answer)(?: you)?(?: with| about| here)?|what do you (?:do|know)|how (?:can|could) you help(?: me)?|how does this work|what is this)$/,
  ],
  ['feeling', /^(?:how are you(?: doing)?(?: today)?|how is it going|hows it going|whats up|sup)$/],
  [
    'thanks',
    /^(?:ok |okay |great |cool |perfect |nice |wow |awesome |no |and )*(?:thank you|thanks|thankyou|thx|ty|cheers|much appreciated|many thanks|merci|danke|gracias)(?: (?:so|very) much| a lot| a bunch| a million| again| that helped| for (?:your|the|all your) help)?$|^(?:ok|okay|great|cool|perfect|nice|awesome|got it|good|wow|super|excellent|that helped|good bot|well done)$/,
  ],
  [
    'bye',
    /^(?:(?:good ?)?bye|bye bye|see you(?: later)?|ciao|farewell|good night)(?: then| now)?$/,
  ],
  [
    'hello',
    /^(?:hello|hi|hey|hiya|howdy|yo|greetings|hallo|hola|bonjour|good (?:morning|afternoon|evening|day)|hello there|hi there|hey there)(?: (?:all|everyone|there|again|bot|friend|parlance))*$|^(?:test|testing|ping|is anyone there|anyone there|anybody there)$/,
  ],
]

/** Tells greetings and thanks from questions; null for anything that asks more. */
export function toSmallTalk(message: string): SmallTalk | null {
  const text = message
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}\s]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (text === '') return 'hello'
  if (text.length > 80) return null
  const bare = text.replace(/^(?:hello|hi|hey)(?: there)? (?=\S)/, '').replace(/ please$/, '')
  for (const [kind, pattern] of patterns) {
    if (pattern.test(text) || pattern.test(bare)) return kind
  }
  return null
}
