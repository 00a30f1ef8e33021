import process from 'node:process'
import { defineConfig } from '@playwright/test'
import { launchOptions } from './scripts/chromium.mjs'

const port = Number(process.env.PARLANCE_E2E_PORT ?? 4317)

export default defineConfig({
  testDir: 'e2e',
  outputDir: '.results/e2e',
  fullyParallel: true,
  workers: 2,
  // Many browsers on few cores: a state may take its time, and what a second try passes is printed as flaky.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  retries: process.env.CI ? 1 : 0,
  reporter: [['list'], ['json', { outputFile: '.results/playwright.json' }]],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    launchOptions: launchOptions(),
    trace: 'retain-on-failure',
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js build apps/demo --logLevel warn && node node_modules/vite/bin/vite.js preview apps/demo --host 127.0.0.1 --port ${port} --strictPort`,
    // Answered when the relay is there, too.
    url: `http://127.0.0.1:${port}/api/`,
    reuseExistingServer: false,
    timeout: 120_000,
  },
})
