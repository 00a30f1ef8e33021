import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import '../styles.css'
import { applyTheme, type ThemeSeeds } from './theme.ts'

type Pair = readonly [on: string, under: string]

const texts: readonly Pair[] = [
  ['text', 'surface'],
  ['text', 'raised'],
  ['text', 'sunken'],
  ['text', 'hover'],
  ['text', 'user'],
  ['text', 'danger-bg'],
  ['muted', 'surface'],
  ['muted', 'raised'],
  ['muted', 'sunken'],
  ['muted', 'hover'],
  ['link', 'surface'],
  ['link', 'raised'],
  ['link', 'sunken'],
  ['link', 'hover'],
  ['danger', 'surface'],
  ['danger', 'raised'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
]

const controls: readonly Pair[] = [
  ['edge', 'surface'],
  ['edge', 'raised'],
  ['accent-edge', 'surface'],
  ['accent-edge', 'raised'],
  ['danger', 'danger-bg'],
]

const names = [...new Set([...texts, ...controls].flat())]
const root = document.createElement('div')
const probe = document.createElement('i')
const canvas = new OffscreenCanvas(1, 1)
const pixel = canvas.getContext('2d', { willReadFrequently: true })!

beforeAll(() => {
  root.className = 'parlance'
  document.body.append(root)
  root.append(probe)
})

afterAll(() => root.remove())

/** Luminance of what is painted, as WCAG defines it: in 8-bit sRGB, like on a screen. */
function luminance(color: string): number {
  pixel.clearRect(0, 0, 1, 1)
  pixel.fillStyle = color
  pixel.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = [...pixel.getImageData(0, 0, 1, 1).data].map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function failures(theme: ThemeSeeds, scheme: string): string[] {
  root.dataset['scheme'] = scheme
  applyTheme(root, theme)
  const luminances = new Map<string, number>()
  for (const name of names) {
    probe.style.color = `var(--pl-${name})`
    luminances.set(name, luminance(getComputedStyle(probe).color))
  }
  const contrast = ([on, under]: Pair) => {
    const one = luminances.get(on)! + 0.05
    const other = luminances.get(under)! + 0.05
    return Math.max(one, other) / Math.min(one, other)
  }
  return [
    ...texts.map((pair) => [pair, 4.5] as const),
    ...controls.map((pair) => [pair, 3] as const),
  ]
    .filter(([pair, least]) => contrast(pair) < least)
    .map(
      ([pair, least]) =>
        `${JSON.stringify(theme)} ${scheme}: ${pair.join(' on ')} is ${contrast(pair).toFixed(2)}, not ${least}`,
    )
}

/** The same colours in every run. */
function randomColors(count: number): string[] {
  let state = 7
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return Array.from({ length: count }, () => `#${(random() >>> 8).toString(16).padStart(6, '0')}`)
}

const corners = ['#000', '#fff', '#f00', '#0f0', '#00f', '#ff0', '#0ff', '#f0f', '#777', '#ffd400']

describe.each(['light', 'dark'])('in the %s scheme', (scheme) => {
  test('600 random accents and the corners of the cube are readable', () => {
    const accents = [...corners, ...randomColors(600)]
    expect(accents.flatMap((accent) => failures({ accent }, scheme))).toEqual([])
  })

  test('any tint of the greys is readable under any accent', () => {
    const tints = [...corners, ...randomColors(150)]
    const found = tints.flatMap((tint, index) =>
      failures({ tint, accent: corners[index % corners.length] }, scheme),
    )
    expect(found).toEqual([])
  })
})

test('a seed on an element around the widget is enough', () => {
  document.documentElement.style.setProperty('--parlance-accent', 'rgb(1, 2, 3)')
  applyTheme(root, {})
  probe.style.color = 'var(--pl-accent)'
  expect(getComputedStyle(probe).color).toBe('rgb(1, 2, 3)')
  document.documentElement.style.removeProperty('--parlance-accent')
})

test('a theme that is taken away leaves no property behind', () => {
  applyTheme(root, { accent: 'red', size: 17, radius: 4, density: 1.1, motion: 0, font: 'serif' })
  applyTheme(root, {})
  expect(root.style).toHaveLength(0)
})
