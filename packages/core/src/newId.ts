/**
 * An id of 128 random bits. Made at the first turn, never while a page is rendered; a page without https has no
 * `randomUUID`.
 */
export function newId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}
