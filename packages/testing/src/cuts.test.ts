import { describe, expect, it } from 'vitest'
import { cutAt, cutAtRandom, cutEvery, everyCut } from './cuts.ts'

const bytes = new TextEncoder().encode('data: {"text":"Grüße 👋🏽"}\n\n')
const join = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces)

describe('cuts', () => {
  it('gives the bytes back when its pieces are joined', () => {
    for (const pieces of [
      cutAt(bytes, [30, 4, 4, -1, 999]),
      cutEvery(bytes, 1),
      cutEvery(bytes, 7),
      cutAtRandom(bytes, 3),
    ]) {
      expect(join(pieces)).toEqual(Buffer.from(bytes))
      expect(pieces.every(({ length }) => length > 0)).toBe(true)
    }
    expect(cutEvery(bytes, 1)).toHaveLength(bytes.length)
  })

  it('cuts at random offsets that are the same for the same seed', () => {
    const lengths = (seed: number) => cutAtRandom(bytes, seed, 4).map(({ length }) => length)
    expect(lengths(7)).toEqual(lengths(7))
    expect(lengths(7)).not.toEqual(lengths(8))
  })

  it('cuts in two at every offset, both ends included', () => {
    const pairs = [...everyCut(bytes)]
    expect(pairs).toHaveLength(bytes.length + 1)
    for (const { head, tail } of pairs) expect(join([head, tail])).toEqual(Buffer.from(bytes))
  })

  it('refuses a size no piece can have', () => {
    expect(() => cutEvery(bytes, 0)).toThrow(RangeError)
  })
})
