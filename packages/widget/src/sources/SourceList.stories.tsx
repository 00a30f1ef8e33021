import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { SourceList } from './SourceList.tsx'

const meta = {
  title: 'Widget/SourceList',
  component: SourceList,
  args: {
    citations: [
      {
        number: 1,
        title: 'Returns and refunds',
        url: 'https://help.example.com/returns',
        quote: 'Within 30 days.',
      },
      { number: 2, title: 'Shipping times', url: '/docs/shipping' },
      { number: 2, title: 'Shipping times', url: '/docs/shipping' },
      { number: 3, title: 'A page without an address' },
    ],
  },
  decorators: [inPartFrame()],
} satisfies Meta<typeof SourceList>

export default meta
type Story = StoryObj<typeof meta>

export const Several: Story = {
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole('listitem')).toHaveLength(3)
    const link = canvas.getByRole('link', { name: /Returns and refunds/ })
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer')
    await expect(canvas.getByText('help.example.com')).toBeVisible()
  },
}

export const One: Story = {
  args: { citations: [{ number: 1, title: 'Shipping times', url: '/docs/shipping' }] },
}

export const LongTitle: Story = {
  args: {
    citations: [
      {
        number: 12,
        title:
          'How a very long title of a page about returns, refunds, exchanges and repairs wraps',
        url: 'https://a-rather-long-subdomain.documentation.example.com/returns',
      },
    ],
  },
  decorators: [inPartFrame({ width: 288 })],
}
