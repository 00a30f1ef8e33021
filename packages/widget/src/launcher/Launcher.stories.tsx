import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { de } from '../strings/de.ts'
import { Launcher } from './Launcher.tsx'

const meta = {
  title: 'Widget/Launcher',
  component: Launcher,
  args: { open: false, unread: 0, onToggle: fn(), buttonRef: null },
  parameters: { docs: { story: { inline: false, height: '120px' } } },
  decorators: [inPartFrame({ width: 80 })],
} satisfies Meta<typeof Launcher>

export default meta
type Story = StoryObj<typeof meta>

export const Closed: Story = {
  play: async ({ canvas, userEvent, args }) => {
    const button = canvas.getByRole('button', { name: 'Open chat' })
    await expect(button).toHaveAttribute('aria-expanded', 'false')
    await expect(button).toHaveAttribute('aria-haspopup', 'dialog')
    await userEvent.tab()
    await expect(button).toHaveFocus()
    await userEvent.keyboard('{Enter}')
    await expect(args.onToggle).toHaveBeenCalledTimes(1)
  },
}

export const Open: Story = { args: { open: true } }

export const Unread: Story = {
  args: { unread: 3 },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole('button')).toHaveAccessibleName('Open chat, 3 unread messages')
  },
}

export const UnreadInGerman: Story = {
  args: { unread: 1 },
  decorators: [inPartFrame({ width: 80, strings: de })],
  play: async ({ canvas }) => {
    const [button] = canvas.getAllByRole('button')
    await expect(button).toHaveAccessibleName('Chat öffnen, 1 ungelesene Nachricht')
  },
}

export const YellowAccent: Story = {
  args: { unread: 12 },
  decorators: [inPartFrame({ width: 80, theme: { accent: '#ffd400' }, scheme: 'dark' })],
}
