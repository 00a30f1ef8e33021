import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startStubFor, stubNames } from '@parlance/testing/stubs'
import { expect, it, onTestFinished } from 'vitest'
import { startRelay } from '../fixtures/startRelay.ts'
import { docs } from '../docs.ts'
import { talk } from './fixtures/providerSuite.ts'
import { providerFromEnv } from './providerFromEnv.ts'

it.each(stubNames)('asks the stub of %s with nothing but its name', async (name) => {
  const { stub, environment } = await startStubFor({ PARLANCE_PROVIDER: name })
  onTestFinished(() => stub!.close())
  const relay = await startRelay({ provider: await providerFromEnv(environment) })
  const told = await talk(relay, 'Hello')
  expect(told.text).toMatch(/^This is the stub of .*You asked: “Hello” ✓ 😄$/)
  expect(told.ends).toEqual(['reply-end'])
})

it('asks the stub that the command line starts, by the variables it prints', async () => {
  const command = spawn(process.execPath, [
    join(import.meta.dirname, '../../../../scripts/stub.mjs'),
    'aimo',
  ])
  onTestFinished(() => void command.kill())
  const environment: Record<string, string> = {}
  for await (const line of createInterface(command.stdout)) {
    const [, variable, value] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (variable && value) environment[variable] = value
    if (variable === 'PARLANCE_PRICE') break
  }
  const relay = await startRelay({ provider: await providerFromEnv(environment) })
  expect((await talk(relay, 'Hello')).ends).toEqual(['reply-end'])
})

it('answers from the pages when nothing is set, and asks an OpenAI-compatible server at an address', async () => {
  const pages = [{ url: '/a', text: '# A\n\nb' }]
  const local = await providerFromEnv({}, { docs: () => docs({ pages }) })
  expect(local).toMatchObject({ kind: 'local', name: 'docs' })
  const remote = await providerFromEnv({
    PARLANCE_BASE_URL: 'http://localhost:11434/v1',
    PARLANCE_MODEL: 'fast=llama3, big',
  })
  expect(remote).toMatchObject({
    name: 'openai',
    models: { fast: { model: 'llama3' }, big: { model: 'big' } },
  })
})

it('reads a price and a strategy', async () => {
  const provider = await providerFromEnv({
    PARLANCE_PROVIDER: 'routed',
    PARLANCE_BASE_URL: 'https://x.example/v1',
    PARLANCE_API_KEY: 'k',
    PARLANCE_MODEL: 'm',
    PARLANCE_PRICE: '0.15, 0.6',
    PARLANCE_ROUTING_STRATEGY: 'fastest',
  })
  expect(provider.models['m']?.price).toEqual({
    inputMicrosPerMillion: 150_000,
    outputMicrosPerMillion: 600_000,
    currency: 'USD',
  })
})

it.each([
  [{}, 'Set PARLANCE_PROVIDER'],
  [{ PARLANCE_PROVIDER: 'gpt' }, 'Choose docs, openai'],
  [{ PARLANCE_PROVIDER: 'openai' }, 'Set PARLANCE_API_KEY'],
  [{ PARLANCE_PROVIDER: 'openai', PARLANCE_API_KEY: 'k' }, 'Set PARLANCE_MODEL'],
  [{ PARLANCE_PROVIDER: 'openai', PARLANCE_BASE_URL: 'http://x' }, 'Set PARLANCE_MODEL'],
  [{ PARLANCE_PROVIDER: 'chipipay' }, 'Set PARLANCE_API_KEY'],
  [{ PARLANCE_PROVIDER: 'aimo' }, 'Set PARLANCE_WALLET_KEY'],
  [
    {
      PARLANCE_PROVIDER: 'aiapi',
      PARLANCE_API_KEY: 'k',
      PARLANCE_MODEL: 'm',
      PARLANCE_PRICE: 'a lot',
    },
    'PARLANCE_PRICE',
  ],
  [
    {
      PARLANCE_PROVIDER: 'routed',
      PARLANCE_BASE_URL: 'https://x',
      PARLANCE_API_KEY: 'k',
      PARLANCE_MODEL: 'm',
      PARLANCE_ROUTING_STRATEGY: 'odd',
    },
    'PARLANCE_ROUTING_STRATEGY',
  ],
])('says what is missing in %o', async (env, words) => {
  await expect(providerFromEnv(env)).rejects.toThrow(words)
})
