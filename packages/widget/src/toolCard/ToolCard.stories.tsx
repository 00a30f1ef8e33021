import type { ToolCallPart } from '@parlance/core'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { ToolCard } from './ToolCard.tsx'

const call: ToolCallPart = {
  type: 'tool-call',
  callId: 'call-1',
  name: 'find_order',
  argumentsText: '{"order":"A-1204","email":"ada@example.com"}',
  output: '{"state":"sent","carrier":"Post","arrives":"2026-05-14"}',
  state: 'done',
}

const meta = {
  title: 'Widget/ToolCard',
  component: ToolCard,
  args: { call },
  decorators: [inPartFrame()],
} satisfies Meta<typeof ToolCard>

export default meta
type Story = StoryObj<typeof meta>

export const Done: Story = {
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.queryByText(/carrier/)).not.toBeVisible()
    await userEvent.click(canvas.getByText('Used find_order'))
    await expect(canvas.getByText(/carrier/)).toBeVisible()
  },
}

export const Calling: Story = {
  args: { call: { ...call, state: 'calling', argumentsText: '{"order":"A-12', output: undefined } },
}

export const Running: Story = { args: { call: { ...call, state: 'running', output: undefined } } }

export const Failed: Story = {
  args: { call: { ...call, state: 'failed', output: '{"error":"No such order"}' } },
}

export const LongName: Story = {
  args: {
    call: { ...call, name: 'find_order_by_number_and_email_address_in_all_warehouses_of_europe' },
  },
}
