import { createSeededRandom } from './seededRandom.ts'

/** Cuts bytes at some offsets, in any order. Joined, the pieces are the bytes; none is empty. */
export function cutAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const edges = [0, ...offsets, bytes.length].map((offset) =>
    Math.min(Math.max(0, offset), bytes.length),
  )
  edges.sort((a, b) => a - b)
  return edges
    .slice(1)
    .map((end, at) => bytes.subarray(edges[at], end))
    .filter((piece) => piece.length > 0)
}

/** Cuts bytes into pieces of one size, the last one shorter. Size 1 gives them byte by byte. */
export function cutEvery(bytes: Uint8Array, size: number): Uint8Array[] {
  if (!(size >= 1)) throw new RangeError('cutEvery: `size` must be 1 byte or more.')
  const offsets: number[] = []
  for (let offset = size; offset < bytes.length; offset += size) offsets.push(offset)
  return cutAt(bytes, offsets)
}

/** Cuts bytes at random offsets, the same for the same seed. Pieces have `meanBytes` on average; default 24. */
export function cutAtRandom(bytes: Uint8Array, seed: number, meanBytes = 24): Uint8Array[] {
  const random = createSeededRandom(seed)
  const offsets: number[] = []
  for (let offset = 1; offset < bytes.length; offset++) {
    if (random() * meanBytes < 1) offsets.push(offset)
  }
  return cutAt(bytes, offsets)
}

/** Every way to cut bytes in two, the empty head first and the empty tail last: `bytes.length + 1` pairs. */
export function* everyCut(
  bytes: Uint8Array,
): Generator<{ readonly offset: number; readonly head: Uint8Array; readonly tail: Uint8Array }> {
  for (let offset = 0; offset <= bytes.length; offset++) {
    yield { offset, head: bytes.subarray(0, offset), tail: bytes.subarray(offset) }
  }
}
