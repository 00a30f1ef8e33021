/** Who answers in the demo, as the environment says. */
export interface DemoSettings {
  readonly provider: 'docs' | 'openai'
  readonly baseUrl: string
  readonly apiKey: string | undefined
  readonly model: string
  /** Whether a model answers from the guides. */
  readonly grounding: 'on' | 'off'
  /** Dollars per million tokens. */
  readonly price: { readonly input: number; readonly output: number } | undefined
  /** Absent: one is made at each start. */
  readonly secret: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the `PARLANCE_…` variables. Throws an error that says what to write instead. */
export function readEnvironment(environment: Environment): DemoSettings {
  // An empty variable is how shells and containers say that there is none.
  const read = (name: string) => environment[`PARLANCE_${name}`]?.trim() || undefined
  const choose = <Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word => {
    const given = read(name) ?? words[0]
    const word = words.find((one) => one === given)
    if (word) return word
    throw new Error(`PARLANCE_${name} is "${given}". It can be ${words.join(' or ')}.`)
  }
  const provider = choose('PROVIDER', ['docs', 'openai'])
  const model = read('MODEL')
  if (provider === 'openai' && !model) {
    throw new Error('PARLANCE_MODEL is missing. Name the model to ask, such as gpt-4.1-mini.')
  }
  return {
    provider,
    baseUrl: read('BASE_URL') ?? 'https://api.openai.com/v1',
    apiKey: read('API_KEY'),
    model: model ?? 'docs',
    grounding: choose('GROUNDING', ['on', 'off']),
    price: readPrice(read('PRICE')),
    secret: read('SECRET'),
  }
}

function readPrice(text: string | undefined): DemoSettings['price'] {
  if (text === undefined) return undefined
  const [input = NaN, output = NaN, ...more] = text.split(',').map((part) => Number(part.trim()))
  if (input >= 0 && output >= 0 && more.length === 0) return { input, output }
  throw new Error(
    `PARLANCE_PRICE is "${text}". Write dollars per million tokens in and out, such as 0.15,0.60.`,
  )
}
