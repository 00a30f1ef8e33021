import { describe, expect, it } from 'vitest'
import { fixturesDir } from '../../../../scripts/fixtures.ts'
import { describeRecordings, findDifferences, readRecordings } from './fixtures/dialectSuite.ts'
import { openai } from './openai.ts'

const folder = fixturesDir()

describe.skipIf(!folder)('recorded streams', () => {
  describeRecordings(openai, readRecordings(folder, ['openai-chat', 'openai-chat-payment']))
})

describe.skipIf(!folder)('recorded JSON answers', () => {
  it.for(readRecordings(folder, ['openai-chat-json']))('$file', (recording) => {
    const body: unknown = JSON.parse(new TextDecoder().decode(recording.bytes))
    expect(findDifferences(recording, openai.readAnswer(body))).toEqual([])
  })
})
