import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Plugin, runnerImport } from 'vite'

const here = import.meta.dirname
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as {
  version: string
}

/** The loader needs a few sentences of every language; the build takes them out of the strings files. */
function launcherWords(): Plugin {
  const id = 'virtual:parlance-launcher-words'
  const source = join(here, 'src/embed/allLauncherWords.ts')
  return {
    name: 'parlance-launcher-words',
    resolveId: (wanted) => (wanted === id ? `\0${id}` : undefined),
    async load(wanted) {
      if (wanted !== `\0${id}`) return undefined
      const { module } = await runnerImport<{ allLauncherWords: unknown }>(source, {
        configFile: false,
        logLevel: 'error',
      })
      return `export default ${JSON.stringify(module.allLauncherWords)}`
    },
  }
}

/**
 * Languages as one text each instead of an object: their keys are those of English, which the panel has. A source map
 * of that would be larger and say nothing.
 */
function packedLanguages(): Plugin {
  const read = (file: string) =>
    runnerImport<Record<string, unknown>>(file, { configFile: false, logLevel: 'error' })
  const packing = join(here, 'src/embed/packedStrings.ts')
  const isLanguage = (id: string): boolean => /\/src\/strings\/(?!en)\w\w(?:-\w\w)?\.ts$/.test(id)
  return {
    name: 'parlance-packed-languages',
    enforce: 'pre',
    async load(id) {
      if (!isLanguage(id)) return undefined
      const [strings] = Object.values((await read(id)).module)
      const pack = (await read(packing)).module['packStrings'] as (strings: unknown) => string
      return { code: `export default ${JSON.stringify(pack(strings))}`, map: { mappings: '' } }
    },
    transform(code, id) {
      if (!id.endsWith('/src/strings/loadStrings.ts')) return undefined
      const whole = /\(await import\('(\.\/[\w-]+\.ts)'\)\)\.\w+/g
      const packed = code.replaceAll(whole, "unpackStrings((await import('$1')).default)")
      if (packed === code)
        throw new Error('loadStrings.ts imports no languages that are known here.')
      return {
        code: `import { unpackStrings } from ${JSON.stringify(packing)}\n${packed}`,
        map: null,
      }
    },
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk' || !isLanguage(file.facadeModuleId ?? '')) continue
        file.code = file.code.replace(/\n\/\/# sourceMappingURL=.*/, '')
        delete bundle[`${file.fileName}.map`]
      }
    },
  }
}

/**
 * Takes out of the loader's style sheet what it never draws, and the tokens that no rule comes to: it shares two files
 * with the panel, whose own sheet brings all of them.
 */
function loaderStyles(): Plugin {
  const panelRule =
    /\.parlance[^{},]*(?:\.pl-hidden|\.pl-badge|data-icon|data-fit)[^{}]*\{[^{}]*\}/g
  // The element's own `all: initial` has said so.
  const initialAnyway =
    /(?:letter-spacing|text-transform|text-indent|word-spacing|white-space):(?:normal|none|0);?/g
  const token = /--pl-[\w-]+(?=:)[^;}]*;?/g
  return {
    name: 'parlance-loader-styles',
    enforce: 'post',
    transform(code, id) {
      if (!id.includes('shell.css?inline')) return undefined
      let css = JSON.parse(code.slice(code.indexOf('"'), code.lastIndexOf('"') + 1)) as string
      css = css.replaceAll(panelRule, '').replaceAll(initialAnyway, '')
      // The loader colours no words: a focus ring needs 3:1, which the colour of edges has, too.
      css = css.replaceAll(/(outline:[^;}]*)var\(--pl-link\)/g, '$1var(--pl-accent-edge)')
      for (let before = ''; before !== css;) {
        before = css
        css = before.replaceAll(token, (declaration) => {
          const name = declaration.slice(0, declaration.indexOf(':'))
          return before.includes(`var(${name})`) || before.includes(`var(${name},`)
            ? declaration
            : ''
        })
      }
      return { code: `export default ${JSON.stringify(css)}`, map: null }
    },
  }
}

const asReact = join(here, 'src/embed/preactAsReact.ts')
const preactFor: Readonly<Record<string, string>> = {
  react: asReact,
  'react-dom': asReact,
  'react-dom/client': asReact,
  'react/jsx-runtime': 'preact/jsx-runtime',
}

/** Preact in the place of React, 6 kB for 67; and this package's one, also for the packages it is built from. */
function preact(): Plugin {
  return {
    name: 'parlance-preact',
    enforce: 'pre',
    async resolveId(wanted) {
      const replacement = preactFor[wanted]
      const found = replacement && (await this.resolve(replacement, join(here, 'package.json')))
      // Code with an effect stays where it is needed first. Without one, what the panel shares with its chunks would
      // become a chunk as well, and opening the chat would take two requests.
      return found ? { ...found, moduleSideEffects: true } : undefined
    },
  }
}

/**
 * The script tag: `vite build --mode loader` makes one classic script, `--mode panel` the module that it loads, with
 * chunks of its own for languages.
 */
export default defineConfig(({ mode }) => ({
  root: here,
  // Chunks lie beside the file that asks for them, wherever an owner puts it.
  base: './',
  publicDir: false,
  plugins: [launcherWords(), packedLanguages(), preact(), loaderStyles()],
  define: {
    'process.env.NODE_ENV': '"production"',
    __PARLANCE_VERSION__: JSON.stringify(version),
  },
  // Also where a server in development builds it: Preact's runtime for elements has no development twin here.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  build: {
    outDir: 'dist/embed',
    emptyOutDir: mode === 'loader',
    target: 'es2022',
    // The style sheets are written for browsers that know `light-dark()`; lowered, they would grow by a half.
    cssTarget: 'esnext',
    minify: true,
    sourcemap: true,
    reportCompressedSize: false,
    // Vite's own preloading would put style and link elements into the page.
    modulePreload: false,
    rolldownOptions:
      mode === 'loader'
        ? {
            input: { loader: join(here, 'src/embed/loader.ts') },
            output: { format: 'iife', entryFileNames: '[name].js' },
          }
        : {
            input: { panel: join(here, 'src/embed/panel.tsx') },
            preserveEntrySignatures: 'allow-extension',
            // "use client" says nothing in a page that is client through and through.
            checks: { moduleLevelDirective: false },
            output: {
              format: 'es',
              entryFileNames: '[name].js',
              chunkFileNames: 'panel-[name]-[hash].js',
            },
          },
  },
}))
