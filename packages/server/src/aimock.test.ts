import { LLMock } from '@copilotkit/aimock'
import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { question, startRelay } from './fixtures/startRelay.ts'
import { openai } from './openai.ts'

/** An independent imitation of OpenAI's server behind the relay. */
async function startWithAimock() {
  const mock = new LLMock({ port: 0, chunkSize: 5 })
  mock.onMessage('Do you ship to Norway?', { content: 'Yes: four days to Oslo, æøå included.' })
  await mock.start()
  onTestFinished(() => mock.stop())
  const provider = openai({
    baseUrl: `${mock.url}/v1`,
    apiKey: 'sk-aimock',
    models: { fast: 'gpt-4o' },
  })
  return { mock, ...(await startRelay({ provider, allowMissingOrigin: true })) }
}

test('relays a stream of an independent server to an independent client', async () => {
  const { url } = await startWithAimock()
  const session = await fetch(`${url}/session`, { method: 'POST' })
  const { token } = (await session.json()) as { token: string }
  const client = new OpenAI({ apiKey: token, baseURL: `${url}/v1`, maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Do you ship to Norway?' }]
  const stream = client.chat.completions.stream({ model: 'fast', messages })
  const completion = await stream.finalChatCompletion()
  expect(completion.choices[0]?.message.content).toBe('Yes: four days to Oslo, æøå included.')
  expect(completion.choices[0]?.finish_reason).toBe('stop')
  const whole = await client.chat.completions.create({ model: 'fast', messages })
  expect(whole.choices[0]?.message.content).toBe('Yes: four days to Oslo, æøå included.')
})

test('passes an error of an independent server on in our words', async () => {
  const { mock, ask } = await startWithAimock()
  mock.nextRequestError(429, { message: 'Rate limit for org-123', code: 'rate_limit_exceeded' })
  const response = await ask(question)
  const text = await response.text()
  expect(response.status).toBe(429)
  expect(text).toContain('"code":"rate_limited"')
  expect(text).not.toContain('org-123')
})

test('ends in an error when an independent server breaks off', async () => {
  const { mock, ask } = await startWithAimock()
  mock.clearFixtures()
  mock.onMessage(
    /./,
    { content: 'One two three four five six.' },
    { latency: 10, truncateAfterChunks: 3 },
  )
  const text = await (await ask(question)).text()
  expect(text).toContain('"code":"truncated"')
  expect(text).not.toContain('[DONE]')
})
