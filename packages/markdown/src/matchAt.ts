/** Tries a sticky pattern at an offset, or a global one from there on; after a match, its `lastIndex` is the offset after it. */
export const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}
