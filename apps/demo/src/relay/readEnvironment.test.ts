import { describe, expect, it } from 'vitest'
import { readEnvironment } from './readEnvironment.ts'

describe('readEnvironment', () => {
  it('answers from the guides when nothing is set', () => {
    expect(readEnvironment({ PARLANCE_MODEL: '', OTHER: 'x' })).toMatchObject({
      provider: 'docs',
      grounding: 'on',
      apiKey: undefined,
      secret: undefined,
      price: undefined,
    })
  })

  it('reads a provider, its price and whether it is grounded', () => {
    const settings = readEnvironment({
      PARLANCE_PROVIDER: 'openai',
      PARLANCE_BASE_URL: 'http://localhost:11434/v1',
      PARLANCE_MODEL: 'llama3.2',
      PARLANCE_PRICE: '0.15, 0.60',
      PARLANCE_GROUNDING: 'off',
    })
    expect(settings).toMatchObject({
      provider: 'openai',
      baseUrl: 'http://localhost:11434/v1',
      model: 'llama3.2',
      price: { input: 0.15, output: 0.6 },
      grounding: 'off',
    })
  })

  it('says what to write in place of what cannot work', () => {
    expect(() => readEnvironment({ PARLANCE_PROVIDER: 'opneai' })).toThrow('docs or openai')
    expect(() => readEnvironment({ PARLANCE_PROVIDER: 'openai' })).toThrow('PARLANCE_MODEL')
    expect(() => readEnvironment({ PARLANCE_GROUNDING: 'yes' })).toThrow('on or off')
    for (const price of ['1', '1,2,3', 'a,b', '-1,2']) {
      expect(() => readEnvironment({ PARLANCE_PRICE: price })).toThrow('0.15,0.60')
    }
  })
})
