import { createFakeChat } from '@parlance/testing'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn, waitFor } from 'storybook/test'
import { createGalleryKeeper } from '../fixtures/createGalleryKeeper.ts'
import { PartFrame } from '../fixtures/PartFrame.tsx'
import { HistoryView } from './HistoryView.tsx'
import type { Keeper } from './keepConversation.ts'

const meta = {
  title: 'Widget/History',
  component: HistoryView,
  // The keeper comes from the loader, whose work is not done when arguments are written down.
  args: { keeper: null as unknown as Keeper, onClose: fn() },
  argTypes: { keeper: { control: false } },
  loaders: [
    async ({ parameters }) => ({
      keeper: await createGalleryKeeper(
        createFakeChat(),
        (parameters['titles'] as readonly string[] | undefined) ?? few,
      ),
    }),
  ],
  beforeEach: (context) => () => (context.loaded['keeper'] as Keeper).dispose(),
  render: (args, { loaded }) => (
    <PartFrame>
      <div style={{ display: 'flex', height: 420 }}>
        <HistoryView {...args} keeper={loaded['keeper'] as Keeper} />
      </div>
    </PartFrame>
  ),
} satisfies Meta<typeof HistoryView>

const few = ['Where is my order?', 'A lid that does not fit', 'Do you ship to Norway?']

export default meta
type Story = StoryObj<typeof meta>

/** The one in front of the visitor is bold; Escape goes back to it. */
export const Few: Story = {
  play: async ({ canvas, userEvent, args }) => {
    await expect(
      await canvas.findByRole('button', { name: /Where is my order/, current: true }),
    ).toBeVisible()
    await userEvent.keyboard('{Escape}')
    await expect(args.onClose).toHaveBeenCalledTimes(1)
  },
}

export const Empty: Story = {
  parameters: { titles: [] },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Nothing is kept on this device yet.')).toBeVisible()
  },
}

/** More than fit: the list scrolls, and titles end in dots. */
export const Many: Story = {
  parameters: {
    titles: [
      'A question whose beginning is rather long and which nobody will read to its end here',
      'أين طلبي؟',
      ...Array.from({ length: 28 }, (_, index) => `Question number ${index + 1}`),
    ],
  },
  play: async ({ canvas }) => {
    // Above its time, though it reads the other way.
    await expect(await canvas.findByText('أين طلبي؟')).toHaveStyle({ textAlign: 'left' })
  },
}

/** Enter saves, Escape gives it up, and the pencil has focus again. */
export const Renaming: Story = {
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(
      await canvas.findByRole('button', { name: 'Rename “Where is my order?”' }),
    )
    const field = canvas.getByRole('textbox', { name: 'Name of the conversation' })
    await expect(field).toHaveFocus()
    // All of it is selected: the first key begins another name.
    await expect(field).toHaveProperty('selectionEnd', 'Where is my order?'.length)
    await expect(field).toHaveProperty('selectionStart', 0)
    await userEvent.clear(field)
    await userEvent.type(field, 'Order A-1204{Enter}')
    const pencil = await canvas.findByRole('button', { name: 'Rename “Order A-1204”' })
    await expect(pencil).toHaveFocus()
    await userEvent.click(pencil)
  },
}

/** Asked before, because it cannot be undone. */
export const Deleting: Story = {
  play: async ({ canvas, userEvent }) => {
    const bin = await canvas.findByRole('button', { name: 'Delete “Where is my order?”' })
    await userEvent.click(bin)
    await expect(
      canvas.getByRole('group', { name: 'Delete “Where is my order?” from this device?' }),
    ).toBeVisible()
    await userEvent.keyboard('{Escape}')
    const again = canvas.getByRole('button', { name: 'Delete “Where is my order?”' })
    await expect(again).toHaveFocus()
    await userEvent.click(canvas.getByRole('button', { name: 'Delete “Do you ship to Norway?”' }))
    await userEvent.click(canvas.getByRole('button', { name: 'Delete' }))
    await waitFor(() => expect(canvas.queryByText('Do you ship to Norway?')).toBeNull())
    await expect(canvas.getByRole('heading', { name: 'Conversations' })).toHaveFocus()
    await userEvent.click(canvas.getByRole('button', { name: 'Delete “Where is my order?”' }))
  },
}
