// Texts to measure with: the same in every run.
const words =
  'the quick brown fox jumps over a lazy dog while streams of words arrive one after another and every part stays calm'.split(
    ' ',
  )
let state = 1
const random = () => (state = (state * 16807) % 2147483647) / 2147483647
const word = () => words[Math.floor(random() * words.length)]
const sentence = (length = 12) => Array.from({ length }, word).join(' ')
const rich = () =>
  `${sentence(6)} **${sentence(2)}** ${sentence(4)} \`${word()}\` ${sentence(3)} *${word()}* [${word()}](https://a.example/${word()}) ${sentence(4)}.`

const section = (index) => `## ${sentence(4)}

${rich()} ${rich()}

- ${rich()}
- ${sentence(8)}
  - ${sentence(6)}
- ${sentence(7)}

${rich()}

\`\`\`ts
const ${word()} = ${index}
export const ${word()} = () => ${word()} + 1
\`\`\`

| ${word()} | ${word()} |
|---|---|
| ${sentence(2)} | **${word()}** |
| ${word()} | ${index} |

> ${sentence(14)}

1. ${sentence(6)}
2. ${rich()}

`

const upTo = (count, make) => {
  const tokens = []
  for (let index = 0; tokens.length < count; index++)
    tokens.push(...(make(index).match(/\s*[^\s]{1,5}|\s+/g) ?? []))
  return tokens.slice(0, count)
}

/** A mixed answer of so many tokens. */
export const mixed = (count) => ((state = 1), upTo(count, section))

/** One construct that never ends, of so many tokens. */
export const constructs = {
  paragraph: (count) => upTo(count, () => `${rich()} `),
  list: (count) => upTo(count, () => `- ${sentence(8)}\n`),
  'loose list': (count) => upTo(count, () => `- ${sentence(8)}\n\n`),
  table: (count) =>
    upTo(count, (index) =>
      index === 0
        ? '| a | b | c |\n|---|---|---|\n'
        : `| ${sentence(3)} | ${word()} | ${sentence(2)} |\n`,
    ),
  quote: (count) => upTo(count, () => `> ${sentence(10)}\n>\n`),
  code: (count) =>
    upTo(count, (index) => (index === 0 ? '```ts\n' : `const ${word()} = ${word()}(${index})\n`)),
  references: (count) =>
    upTo(count, (index) =>
      index % 4 === 3
        ? `[r${index - 1}]: https://a.example/${index}\n\n`
        : `${sentence(6)} [${word()}][r${index}] ${sentence(4)}\n\n`,
    ),
  footnotes: (count) =>
    upTo(count, (index) =>
      index % 4 === 3
        ? `[^n${index - 1}]: ${sentence(8)}\n\n`
        : `${sentence(6)}[^n${index}] ${sentence(4)}\n\n`,
    ),
}
