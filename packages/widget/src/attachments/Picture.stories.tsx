import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, waitFor } from 'storybook/test'
import { inPartFrame } from '../fixtures/inPartFrame.tsx'
import { Picture } from './Picture.tsx'

/** A drawing of a teapot's glaze, as a visitor would attach a photograph. */
function drawGlaze(): string {
  const canvas = document.createElement('canvas')
  canvas.width = 320
  canvas.height = 240
  const context = canvas.getContext('2d')!
  const glaze = context.createLinearGradient(0, 0, 320, 240)
  glaze.addColorStop(0, '#5d7a55')
  glaze.addColorStop(1, '#c8ad7f')
  context.fillStyle = glaze
  context.fillRect(0, 0, 320, 240)
  return canvas.toDataURL('image/png')
}

const meta = {
  title: 'Widget/Picture',
  component: Picture,
  args: { url: drawGlaze(), name: 'glaze.png', className: 'pl-image' },
  decorators: [inPartFrame()],
} satisfies Meta<typeof Picture>

export default meta
type Story = StoryObj<typeof meta>

/** On a canvas, so that a strict Content Security Policy has nothing against it. */
export const Attached: Story = {
  play: async ({ canvas }) => {
    const image = canvas.getByRole('img', { name: 'glaze.png' })
    await waitFor(() => expect(image).toHaveProperty('width', 320))
  },
}

/** What is no image after all is there by its name. */
export const Broken: Story = {
  args: { url: 'data:image/png;base64,bm8gaW1hZ2U=', name: 'broken.png' },
  play: async ({ canvas }) => {
    await waitFor(() =>
      expect(canvas.getByRole('img', { name: 'broken.png' })).toBeInstanceOf(HTMLImageElement),
    )
  },
}
