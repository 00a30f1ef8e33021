import type { Preview } from '@storybook/react-vite'
import { configure } from 'storybook/test'
import { MINIMAL_VIEWPORTS } from 'storybook/viewport'
import { Look, type LookProps } from '../packages/widget/src/fixtures/Look.tsx'
import { locales } from '../packages/widget/src/strings/loadStrings.ts'

// Stories replay recordings at a readable pace, and a machine that runs all of them at once is slow: wait, then fail.
configure({ asyncUtilTimeout: 20_000 })

const languageNames = (locale: string) =>
  new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale

type GlobalType = NonNullable<Preview['globalTypes']>[string]
type Toolbar = NonNullable<GlobalType['toolbar']>

/** A choice in the toolbar that shows what is chosen. */
const inToolbar = (
  description: string,
  icon: Toolbar['icon'],
  items: Toolbar['items'],
): GlobalType => ({ description, toolbar: { icon, items, dynamicTitle: true } })

const preview: Preview = {
  tags: ['autodocs'],
  globalTypes: {
    scheme: inToolbar('Light or dark', 'circlehollow', [
      { value: 'auto', title: 'Scheme of the system', icon: 'circlehollow' },
      { value: 'light', title: 'Light', icon: 'sun' },
      { value: 'dark', title: 'Dark', icon: 'moon' },
    ]),
    locale: inToolbar(
      'Language; its direction comes with it',
      'globe',
      locales.map((value) => ({ value, title: languageNames(value), right: value })),
    ),
    direction: inToolbar('Direction, against that of the language', 'transfer', [
      { value: 'auto', title: 'Direction of the language' },
      { value: 'ltr', title: 'Left to right' },
      { value: 'rtl', title: 'Right to left' },
    ]),
    accent: inToolbar('Accent colour', 'paintbrush', [
      { value: 'default', title: 'Accent: default' },
      { value: '#0f6b4f', title: 'Accent: green' },
      { value: '#b3261e', title: 'Accent: red' },
      { value: '#ffd400', title: 'Accent: yellow' },
      { value: '#111111', title: 'Accent: black' },
      { value: '#f5f5f5', title: 'Accent: white' },
    ]),
    density: inToolbar('Tightness of spaces', 'component', [
      { value: 0.85, title: 'Dense' },
      { value: 1, title: 'Usual density' },
      { value: 1.15, title: 'Airy' },
    ]),
    motion: inToolbar('Movement', 'lightning', [
      { value: 1, title: 'With motion' },
      { value: 0, title: 'Without motion' },
    ]),
  },
  initialGlobals: {
    scheme: 'auto',
    locale: 'en',
    direction: 'auto',
    accent: 'default',
    density: 1,
    motion: 1,
  },
  decorators: [
    (Story, { title, globals }) => {
      if (!title.startsWith('Widget/')) return <Story />
      const { scheme, locale, direction, accent, density, motion } = globals
      const theme = {
        ...(accent !== 'default' && { accent }),
        ...(Number(density) !== 1 && { density }),
        ...(Number(motion) !== 1 && { motion }),
      } as LookProps['theme']
      return (
        <Look scheme={scheme} locale={locale} direction={direction} theme={theme}>
          <Story />
        </Look>
      )
    },
  ],
  parameters: {
    // An accessibility violation fails the story's test.
    a11y: { test: 'error' },
    layout: 'centered',
    controls: { expanded: true },
    // The decorator paints the page as the scheme asks.
    backgrounds: { disable: true },
    viewport: {
      options: {
        narrowest: {
          name: 'Narrowest, 320 px',
          styles: { width: '320px', height: '640px' },
          type: 'mobile',
        },
        zoomed: {
          name: 'Zoom of 400 %, 320 × 256',
          styles: { width: '320px', height: '256px' },
          type: 'mobile',
        },
        ...MINIMAL_VIEWPORTS,
      },
    },
    options: {
      storySort: {
        order: [
          'Introduction',
          'For designers',
          'Widget',
          ['SupportChat', 'Theme editor', 'Tokens'],
          'Markdown',
        ],
      },
    },
  },
}

export default preview
