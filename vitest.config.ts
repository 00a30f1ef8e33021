import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { launchOptions } from './scripts/chromium.mjs'

// A function, because Vitest writes into the object it is given and two projects would share one name.
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: launchOptions() }),
  instances: [{ browser: 'chromium' as const }],
})

// The hooks promise both versions of React; the older one stands beside the newer in their package.
const requireInReact = createRequire(new URL('packages/react/package.json', import.meta.url))
const react18 = (name: string) => dirname(requireInReact.resolve(`${name}-18/package.json`))

// On a busy machine a state may take its time.
const patience = { expect: { poll: { timeout: 15_000 } } }

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**'],
      exclude: ['**/*.{test,stories,bench}.*', '**/*.d.ts'],
    },
    projects: [
      {
        plugins: [react()],
        test: {
          ...patience,
          name: 'node',
          environment: 'node',
          include: [
            'packages/*/src/**/*.test.ts',
            'apps/demo/src/**/*.test.ts',
            'scripts/*.test.ts',
          ],
          exclude: ['**/*.browser.test.*', '**/node_modules/**'],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        test: {
          ...patience,
          name: 'dom',
          environment: 'jsdom',
          include: ['packages/*/src/**/*.test.tsx'],
          exclude: ['**/*.browser.test.*', '**/node_modules/**'],
          setupFiles: ['./vitest.setup.ts'],
          testTimeout: 30_000,
        },
      },
      {
        plugins: [react()],
        optimizeDeps: {
          include: [
            'react',
            'react-dom',
            'react-dom/client',
            'react/jsx-dev-runtime',
            'vitest-browser-react',
            '@testing-library/react',
          ],
        },
        test: {
          ...patience,
          name: 'browser',
          include: ['packages/*/src/**/*.browser.test.{ts,tsx}'],
          browser: browser(),
          testTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        resolve: {
          alias: [
            { find: /^react-dom(?=$|\/)/, replacement: react18('react-dom') },
            { find: /^react(?=$|\/)/, replacement: react18('react') },
          ],
        },
        optimizeDeps: { include: ['react', 'react-dom/client', 'react/jsx-dev-runtime'] },
        cacheDir: 'node_modules/.vite/react-18',
        test: {
          ...patience,
          name: 'browser-react-18',
          include: ['packages/{markdown,react}/src/**/*.browser.test.{ts,tsx}'],
          browser: browser(),
          testTimeout: 60_000,
        },
      },
      {
        plugins: [storybookTest({ configDir: join(import.meta.dirname, '.storybook') })],
        test: { name: 'stories', browser: browser(), testTimeout: 60_000 },
      },
    ],
  },
})
