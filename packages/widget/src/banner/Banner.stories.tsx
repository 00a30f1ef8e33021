import type { Meta, StoryObj } from '@storybook/react-vite'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { en } from '../strings/en.ts'
import { Banner } from './Banner.tsx'

const meta = {
  title: 'Widget/Banner',
  component: Banner,
  args: { kind: 'offline', icon: 'offline', children: en.offline },
  decorators: [inPartFrame()],
} satisfies Meta<typeof Banner>

export default meta
type Story = StoryObj<typeof meta>

export const Offline: Story = {}
