/** A provider as the page about them shows it. */
export interface ShownProvider {
  /** As `PARLANCE_PROVIDER` knows it. */
  readonly name: string
  readonly title: string
  /** What is special about it. */
  readonly text: string
  /** What its stand-in can be asked, beside a question of one's own. */
  readonly suggestions: readonly string[]
}

const usual = ['What can you do?', 'stub:429', 'stub:cut']

export const providers: readonly ShownProvider[] = [
  {
    name: 'openai',
    title: 'OpenAI format',
    text: 'And with it OpenRouter, Groq, Mistral, Ollama, vLLM, LM Studio and whatever else speaks it.',
    suggestions: usual,
  },
  {
    name: 'chipipay',
    title: 'ChipiPay',
    text: 'A stream of its own, and an end that says what the answer was charged.',
    suggestions: usual,
  },
  {
    name: 'chipp',
    title: 'Chipp',
    text: 'Keeps the conversation itself: only the newest question is sent, its session stays on the server.',
    suggestions: usual,
  },
  {
    name: 'routed',
    title: 'Routed inference',
    text: 'Finds the best model within a strategy and ceilings of price; can be paid by the answer.',
    suggestions: [...usual, 'stub:paid'],
  },
  {
    name: 'aiapi',
    title: 'aiapi.services',
    text: 'Claude, Gemini and others; long conversations are cut to what fits, or summed up.',
    suggestions: usual,
  },
  {
    name: 'aimo',
    title: 'AIMO network',
    text: 'Signed in to with a wallet’s key instead of an API key; one signature holds for five minutes.',
    suggestions: usual,
  },
]
