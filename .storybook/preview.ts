import type { Preview } from '@storybook/react-vite'
import { configure } from 'storybook/test'

// Stories replay recordings at a readable pace, and a machine that runs all of them at once is slow: wait, then fail.
configure({ asyncUtilTimeout: 8000 })

const preview: Preview = {
  tags: ['autodocs'],
  parameters: {
    // An accessibility violation fails the story's test.
    a11y: { test: 'error' },
    layout: 'centered',
    controls: { expanded: true },
    options: {
      storySort: { order: ['Introduction', 'Widget', ['SupportChat', 'Theme editor'], 'Markdown'] },
    },
  },
}

export default preview
