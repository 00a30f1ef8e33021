import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { embedPlugin } from './src/embed/embedPlugin.ts'
import { guidesPlugin } from './src/guides/guidesPlugin.ts'
import { relayPlugin } from './src/relay/relayPlugin.ts'

export default defineConfig({
  plugins: [react(), guidesPlugin(), relayPlugin(), embedPlugin()],
  build: {
    sourcemap: true,
    // "use client" says nothing in a page that is client through and through.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
})
