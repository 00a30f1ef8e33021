import { expect, test } from 'vitest'
import { openai } from './openai.ts'

const models = { fast: 'gpt-4.1-mini' }

test('asks OpenAI itself where no address is given', () => {
  expect(openai({ apiKey: 'k', models }).baseUrl).toBe('https://api.openai.com/v1')
})

test.each([undefined, 'https://api.openai.com/v1', 'https://api.openai.com/v1/'])(
  'refuses to ask OpenAI without a key: %s',
  (baseUrl) => {
    const apiKey = ({} as NodeJS.ProcessEnv)['OPENAI_API_KEY']
    expect(() => openai({ baseUrl, apiKey, models })).toThrow('openai: `apiKey` is missing')
  },
)

test('asks a server elsewhere without a key, as one of your own wants none', async () => {
  const provider = openai({ baseUrl: 'http://localhost:11434/v1', models })
  expect(provider.baseUrl).toBe('http://localhost:11434/v1')
})

test('names what is missing to a caller without types', () => {
  const options = { apiKey: 'k' } as Parameters<typeof openai>[0]
  expect(() => openai(options)).toThrow('openai: `models` is empty')
})
