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
      // Spaces that the minifier leaves in values.
      css = css.replaceAll(/(?<=[\d)]) ([*/]) |, /g, (_, sign = ',') => sign).replaceAll(';}', '}')
      for (let before = ''; before !== css;) {
        before = css
        css = before.replaceAll(token, (declaration) => {
          const name = declaration.slice(0, declaration.indexOf(':'))
          return before.includes(`var(${name})`) || before.includes(`var(${name},`)
            ? declaration
            : ''
        })
      }
      return { code: `export default ${JSON.stringify(inlineTokens(css))}`, map: null }
    },
  }
}

/** Writes the value of a token that is set once and used once in the place of its name. */
function inlineTokens(css: string): string {
  const names = new Set(css.match(/--pl-[\w-]+/g))
  return [...names].reduce((text, name) => {
    const [before, ...uses] = text.split(`var(${name})`)
    const declaration = new RegExp(`(?<=[{;])${name}:([^;}]*);?`, 'g')
    const [only, another] = [...text.matchAll(declaration)]
    if (!only || another || uses.length !== 1) return text
    return [before, ...uses].join(only[1]).replace(only[0], '')
  }, css)
}

/** The loader draws what stands in the corner of the page, before there is a panel: the components for it stay out. */
function withoutLauncher(): Plugin {
  const drawnByLoader = /\/src\/launcher\/(LauncherPlace|Launcher|Badge|Greeting)\.tsx$/
  return {
    name: 'parlance-without-launcher',
    enforce: 'pre',
    load(id) {
      const name = drawnByLoader.exec(id)?.[1]
      return name === undefined ? undefined : `export const ${name} = () => null`
    },
  }
}

/** One chunk for all of formulas: who switches them on has some. */
function wholeMath(): Plugin {
  return {
    name: 'parlance-whole-math',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/markdown/src/math/mathComponents.tsx')) return undefined
      const late = "import('./TexMath.tsx')"
      if (!code.includes(late)) throw new Error('mathComponents.tsx fetches TexMath otherwise now.')
      const now = `import * as texMath from './TexMath.tsx'\n${code.replace(late, 'Promise.resolve(texMath)')}`
      return { code: now, map: null }
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
 * The script tag: `vite build --mode loader` makes one classic script, `--mode launcher` and `--mode panel` the modules
 * that it loads, the panel with chunks of its own.
 */
export default defineConfig(({ mode }) => ({
  root: here,
  // Chunks lie beside the file that asks for them, wherever an owner puts it.
  base: './',
  publicDir: false,
  plugins: [
    launcherWords(),
    packedLanguages(),
    withoutLauncher(),
    wholeMath(),
    preact(),
    loaderStyles(),
  ],
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
            input:
              mode === 'launcher'
                ? { launcher: join(here, 'src/embed/launcherTemplates.ts') }
                : { panel: join(here, 'src/embed/panel.tsx') },
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
