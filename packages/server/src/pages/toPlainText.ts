const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

/** Words of Markdown without its marks: links and code keep their text, pictures and tags go. For one block. */
export function toPlainText(markdown: string): string {
  // Code is taken out first, so that marks inside it stay letters.
  const code: string[] = []
  const keep = (text: string) => `\0${code.push(text) - 1}\0`
  return markdown
    .replaceAll('\0', '')
    .replace(/^\s*(?:`{3,}|~{3,}).*$/gm, '')
    .replace(/(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g, (_, __, text: string) => keep(text.trim()))
    .replace(/\\([!-/:-@[-`{-~])/g, (_, mark: string) => keep(mark))
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?/g, '')
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/<((?:https?|mailto):[^>\s]+)>/g, '$1')
    .replace(/<\/?[a-zA-Z][^>]*>/g, '')
    .replace(/^\s*(?:[-*+]|\d{1,9}[.)])(?:\s+\[[ xX]\])?\s+/gm, '')
    .replace(/^\s*>+ ?/gm, '')
    .replace(/^[\s|:-]+$/gm, '')
    .replace(/\|/g, ' ')
    .replace(/(\*\*|__|~~)(?=\S)([\s\S]*?\S)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}*_])([*_])(?=\S)([^*_]*?\S)\1(?![\p{L}\p{N}])/gu, '$2')
    .replace(/&(#\d+|#[xX][\da-fA-F]+|\w+);/g, (all, name: string) => entityOf(name) ?? all)
    .replace(/\0(\d+)\0/g, (_, index: string) => code[Number(index)] ?? '')
    .replace(/\s+/g, ' ')
    .trim()
}

function entityOf(name: string): string | undefined {
  if (!name.startsWith('#')) return Object.hasOwn(entities, name) ? entities[name] : undefined
  const hex = /^#[xX]/.test(name)
  const point = Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10)
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : undefined
}
