// What the promised sizes are, after gzip; a limit stands just above what is reached. Imports are measured as Vite
// bundles them for an app, files as the build leaves them.
import { bundle } from './scripts/bundle.mjs'

const react = ['react', 'react-dom']
const languages = ['ar', 'de', 'es', 'fr', 'he', 'ja', 'pt-BR', 'zh-CN']
/** What the widget fetches when a conversation first needs it. */
const later = [
  ...languages.map((language) => `./${language}.ts`),
  './readImage.ts',
  './highlightCode.ts',
  './toTranscript.ts',
  './rareParts.ts',
  '../settings/rareParts.ts',
  './talk.ts',
]

const embed = 'packages/widget/dist/embed'
const parted = 'packages/widget/node_modules/.sizes'

const checks = [
  {
    name: 'hook: core, react and the OpenAI dialect (aim 9 KiB)',
    path: await bundle('hook', 'packages/react/src/index.ts', '{ useChatStream }', react),
    limit: '13.8 kB',
  },
  {
    name: 'hook of @parlance/react/late, before the first question (aim 9 KiB)',
    path: await bundle('late', 'packages/react/src/late.tsx', '{ useChatStream }', [
      ...react,
      './talk.ts',
    ]),
    limit: '5.3 kB',
  },
  {
    name: 'all hooks without core',
    path: await bundle('hooks', 'packages/react/src/index.ts', '*', [...react, '@parlance/core']),
    limit: '3.6 kB',
  },
  {
    name: '@parlance/react/query',
    path: await bundle('query', 'packages/react/src/query.ts', '*', [
      ...react,
      '@tanstack/react-query',
      '@parlance/core',
    ]),
    limit: '1.1 kB',
  },
  {
    name: 'React package: SupportChat with one language, before the first question, without React (gate 42 KiB)',
    path: await bundle('widget', 'packages/widget/src/index.ts', '{ SupportChat }', [
      ...react,
      ...later,
    ]),
    limit: '34.05 kB',
  },
  {
    name: 'styles of the React package (gate 7 KiB)',
    path: 'packages/widget/dist/styles.css',
    limit: '7 KiB',
  },
  { name: 'embed: loader (gate 6 KiB)', path: `${embed}/loader.js`, limit: '6 KiB' },
  {
    name: 'embed: launcher, badge and greeting from templates of the page',
    path: `${embed}/launcher.js`,
    limit: '3.5 KiB',
  },
  {
    name: 'embed: panel script with Markdown and English (gate 45 KiB)',
    path: `${parted}/panel-script.js`,
    limit: '41.65 KiB',
  },
  {
    name: 'embed: panel styles (gate 7 KiB)',
    path: `${parted}/panel-styles.css`,
    limit: '7 KiB',
  },
  {
    name: 'embed: what talks to the relay, with the first question at the latest',
    path: `${embed}/panel-talk-*.js`,
    limit: '9.1 KiB',
  },
  {
    name: 'embed: keeping of conversations (gate 4 KiB)',
    path: `${embed}/panel-startKeeping-*.js`,
    limit: '4 KiB',
  },
  {
    name: 'embed: list of kept conversations (gate 4 KiB)',
    path: `${embed}/panel-HistoryView-*.js`,
    limit: '1.2 KiB',
  },
  {
    name: 'embed: parts that few conversations show',
    path: `${embed}/panel-rareParts-*.js`,
    limit: '2.2 KiB',
  },
  {
    name: 'embed: colours of code (gate 8 KiB)',
    path: `${embed}/panel-highlightCode-*.js`,
    limit: '2 kB',
  },
  { name: 'embed: formulas', path: `${embed}/panel-mathParts-*.js`, limit: '3.45 KiB' },
  {
    name: 'embed: parts from templates of the page',
    path: `${embed}/panel-templateSlots-*.js`,
    limit: '2 KiB',
  },
  {
    name: 'embed: reading of attachments (gate 4 KiB)',
    path: `${embed}/panel-readImage-*.js`,
    limit: '4 KiB',
  },
  ...languages.map((language) => ({
    name: `embed: ${language} (gate 1.5 KiB)`,
    path: `${embed}/panel-${language}-*.js`,
    limit: '1.5 KiB',
  })),
  {
    name: '@parlance/markdown: parser (gate 8 kB)',
    path: await bundle('parser', 'packages/markdown/src/index.ts', '{ createMarkdownParser }'),
    limit: '8 kB',
  },
  {
    name: '@parlance/markdown: parser with React elements (gate 10 kB)',
    path: await bundle(
      'markdown',
      'packages/markdown/src/react.ts',
      '{ StreamingMarkdown }',
      react,
    ),
    limit: '10.4 kB',
  },
]

export default checks.map((check) => ({ ...check, gzip: true }))
