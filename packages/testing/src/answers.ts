import type { ReplyScript } from './replyScript.ts'

const usage = { inputTokens: 412, outputTokens: 168, totalTokens: 580 }

export type AnswerName =
  | 'short'
  | 'cited'
  | 'code'
  | 'table'
  | 'list'
  | 'reasoning'
  | 'toolCall'
  | 'openToolCall'
  | 'refusal'
  | 'cutByLength'
  | 'filtered'
  | 'languages'
  | 'rightToLeft'

/** Replies as a support chat about Parlance would give them, one for each thing an interface has to draw. */
export const answers: Readonly<Record<AnswerName, ReplyScript>> = {
  short: {
    text: 'Yes. The relay answers from your own pages, and no key is needed for that.',
    usage: { inputTokens: 38, outputTokens: 17, totalTokens: 55 },
  },
  cited: {
    text: 'Keep it on the server. The **relay** reads the key from its environment and adds it to the request that goes to the provider, so it never travels to a browser [1].\n\nWhat a browser holds is a *client token*: it lasts ten minutes, works from your own origins alone, and says nothing about the provider [2].',
    citations: [
      {
        number: 1,
        title: 'How the relay works',
        url: '/docs/how-the-relay-works',
        quote: 'The key is added here and seen nowhere else.',
      },
      {
        number: 2,
        title: 'Tokens and security',
        url: '/docs/tokens-and-security',
        quote: 'A client token lasts ten minutes.',
      },
    ],
    usage,
    cost: { micros: 1_240, currency: 'USD', source: 'reported' },
  },
  code: {
    text: "A custom interface needs one hook and no style sheet:\n\n```tsx\nimport { useChatStream } from '@parlance/react'\n\nexport function Chat() {\n  const { messages, status, send, stop } = useChatStream({ url: '/api/chat' })\n\n  return (\n    <form\n      onSubmit={(event) => {\n        event.preventDefault()\n        const field = event.currentTarget.elements.namedItem('question') as HTMLInputElement\n        void send(field.value)\n        field.value = ''\n      }}\n    >\n      <ol>\n        {messages.map((message) => (\n          <Row key={message.id} message={message} />\n        ))}\n      </ol>\n      <input name=\"question\" autoComplete=\"off\" />\n      {status === 'streaming' ? <button type=\"button\" onClick={stop}>Stop</button> : <button>Send</button>}\n    </form>\n  )\n}\n```\n\nStart it with:\n\n```sh\nnpm start\n```\n\nRead `status` where you draw the button and nowhere else; a component that reads less renders less.",
    usage: { inputTokens: 512, outputTokens: 241, totalTokens: 753 },
  },
  table: {
    text: 'These are the endings of a reply, and what the reader sees:\n\n| Status | What happened | What is kept |\n| :-- | :-- | --: |\n| `complete` | the provider finished | everything |\n| `stopped` | the reader pressed Stop | what had come |\n| `truncated` | the connection broke off | what had come |\n| `failed` | an error, with a code | what had come |\n\nOnly a `complete` reply is ever shown as finished.',
    usage,
  },
  list: {
    text: '## Before you go live\n\n1. Set `PARLANCE_SECRET` to 32 random bytes or more.\n2. List your origins exactly:\n   - with the scheme, `https://`\n   - without a slash at the end\n3. Choose a daily budget.\n\n> A budget is reserved before a provider is asked, so parallel questions cannot pass it.\n\n- [x] Key on the server\n- [ ] Origins listed\n\nThen open [the guide](/docs/self-hosting).',
    usage,
  },
  reasoning: {
    reasoning:
      'The reader asks whether a stopped reply still costs money. A stop travels to the relay, and the relay aborts its request to the provider. Tokens that were already made are paid for; those after it are not made.',
    text: 'Only for what had been written. **Stop** ends the request to the provider at once, so nothing more is generated or billed after it.',
    usage: { inputTokens: 96, outputTokens: 82, totalTokens: 178, reasoningTokens: 51 },
  },
  toolCall: {
    text: 'Let me look that order up.',
    toolCalls: [
      {
        name: 'find_order',
        input: { orderId: '1042-B' },
        output: { state: 'shipped', carrier: 'Post', expected: '2025-11-14' },
      },
    ],
    usage: { inputTokens: 140, outputTokens: 34, totalTokens: 174 },
  },
  openToolCall: {
    toolCalls: [{ name: 'open_page', input: { url: '/docs/theming-the-widget' } }],
    usage: { inputTokens: 120, outputTokens: 19, totalTokens: 139 },
  },
  refusal: {
    refusal:
      'I cannot help with getting at another visitor’s conversation. I can explain how visitors are kept apart.',
    usage: { inputTokens: 61, outputTokens: 22, totalTokens: 83 },
  },
  cutByLength: {
    text: 'A reply passes eight places on its way. First the relay checks the client token and the origin, then it rebuilds the request from a list of allowed fields, and then',
    finish: 'length',
    usage: { inputTokens: 44, outputTokens: 32, totalTokens: 76 },
  },
  filtered: {
    text: 'The first step is',
    finish: 'content-filter',
    usage: { inputTokens: 44, outputTokens: 4, totalTokens: 48 },
  },
  languages: {
    text: 'Grüße, ¡hola!, こんにちは, 你好, नमस्ते, привет 👋🏽 — and a family: 👩‍👩‍👧‍👦. Characters are never cut in two, wherever the network cuts.',
    usage,
  },
  rightToLeft: {
    text: 'המפתח נשאר בשרת. הדפדפן מקבל **אסימון** קצר שתקף עשר דקות, ורק מהאתר שלך.\n\nلا يصل المفتاح إلى المتصفح أبدًا.',
    usage,
  },
}
