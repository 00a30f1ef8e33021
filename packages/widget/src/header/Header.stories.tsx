import { createFakeChatIn } from '@parlance/testing'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { Header } from './Header.tsx'

const meta = {
  title: 'Widget/Header',
  component: Header,
  args: {
    titleId: 'title',
    expanded: false,
    onExpand: fn(),
    onClose: fn(),
    onShowHistory: fn(),
    onFocusComposer: fn(),
  },
  parameters: { docs: { story: { inline: false, height: '280px' } } },
  decorators: [
    (Story) => (
      <PartFrame chat={createFakeChatIn('complete')}>
        <Story />
      </PartFrame>
    ),
  ],
} satisfies Meta<typeof Header>

export default meta
type Story = StoryObj<typeof meta>

export const Ready: Story = {
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Enlarge' }))
    await expect(args.onExpand).toHaveBeenCalledTimes(1)
    await userEvent.click(canvas.getByRole('button', { name: 'Close chat' }))
    await expect(args.onClose).toHaveBeenCalledTimes(1)
  },
}

export const WithItsMenu: Story = {
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'More options' }))
    await expect(canvas.getAllByRole('menuitem').map((item) => item.textContent)).toEqual([
      'New conversation',
      'Conversations',
      'Save as Markdown',
      'Save as JSON',
    ])
  },
}

export const Writing: Story = {
  decorators: [
    (Story) => (
      <PartFrame chat={createFakeChatIn('streaming')} title="Teapots & Co. customer service">
        <Story />
      </PartFrame>
    ),
  ],
  play: async ({ canvas }) => {
    await expect(canvas.getByText('Writing…')).toBeVisible()
  },
}

export const Expanded: Story = { args: { expanded: true } }
