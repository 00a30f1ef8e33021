import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { AttachmentTray } from './AttachmentTray.tsx'

/** A square of 8 × 8 pixels. */
const url =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAlklEQVR42gXBoQEAIAgAMM/hCI8wkyl+wAcWi8VCoZAtFDLZ7DtuBfBVvA2TMBjPRFMUx1Wgv9pv60k9uJ/ZTbt4XwX4Vb6NkziYz2RTFudVYLw6bhtJI3icOUyH+FgF9qv7tp20g/eZ23SL71XAXrXbLMmC7UwzNXFbBfxVv82TPNjPdFMX91UgX83bMimD88w0TfFcHxqQbCHTUEIgAAAAAElFTkSuQmCC'

const meta = {
  title: 'Widget/AttachmentTray',
  component: AttachmentTray,
  args: {
    attachments: [
      {
        id: 1,
        name: 'shoe.png',
        image: { type: 'image', url, mediaType: 'image/png', name: 'shoe.png' },
      },
      { id: 2, name: 'receipt.png', image: undefined },
    ],
    problems: [],
    onRemove: fn(),
  },
  decorators: [inPartFrame()],
} satisfies Meta<typeof AttachmentTray>

export default meta
type Story = StoryObj<typeof meta>

export const ReadyAndReading: Story = {
  play: async ({ canvas, userEvent, args }) => {
    // The part that draws it is fetched.
    await expect(await canvas.findByRole('img', { name: 'shoe.png' })).toBeVisible()
    await userEvent.click(canvas.getByRole('button', { name: 'Remove receipt.png' }))
    await expect(args.onRemove).toHaveBeenCalledWith(2)
  },
}

export const Problems: Story = {
  args: {
    attachments: [],
    problems: ['movie.mp4 is not an image that can be sent. Use PNG, JPEG, WebP or GIF.'],
  },
}
