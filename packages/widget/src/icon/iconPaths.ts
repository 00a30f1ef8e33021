import { launcherIconPaths } from './launcherIconPaths.ts'

const panelIconPaths = {
  history: 'M10 6v4.25l2.75 1.5M16.75 10a6.75 6.75 0 1 1-13.5 0 6.75 6.75 0 0 1 13.5 0Z',
  remove:
    'M4.25 5.75h11.5M7.75 5.75V4.25h4.5v1.5M5.75 5.75l.75 10h7l.75-10M8.75 8.75v4M11.25 8.75v4',
  save: 'M10 4v8.25M6.5 9 10 12.5 13.5 9M4.5 16h11',
  expand: 'M11.5 4.5h4v4M15.5 4.5l-4.5 4.5M8.5 15.5h-4v-4M4.5 15.5 9 11',
  shrink: 'M15.5 8.5h-4v-4M11.5 8.5 16 4M4.5 11.5h4v4M8.5 11.5 4 16',
  previous: 'M12.25 5l-5 5 5 5',
  next: 'M7.75 5l5 5-5 5',
  send: 'M10 16V4.5M5 9.25l5-5 5 5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  add: 'M10 4.5v11M4.5 10h11',
  copy: 'M8 6.75h6.5c.7 0 1.25.55 1.25 1.25v7c0 .7-.55 1.25-1.25 1.25H8c-.7 0-1.25-.55-1.25-1.25V8c0-.7.55-1.25 1.25-1.25ZM4.25 13V5c0-.7.55-1.25 1.25-1.25H12',
  check: 'M4.5 10.75l3.5 3.5 7.5-8.5',
  again: 'M15.75 10a5.75 5.75 0 1 1-1.7-4.08L16 7.75M16 4v3.75h-3.75',
  edit: 'M12.5 4.75l2.75 2.75-8 8H4.5v-2.75l8-8ZM10.75 6.5l2.75 2.75',
  helpful:
    'M6.5 9 9.6 3.9c.2-.4.7-.5 1.1-.3.9.4 1.3 1.4 1 2.3L11 8h3.9c1 0 1.7.9 1.5 1.9l-.9 4.6c-.2.8-.8 1.3-1.6 1.3H6.5M6.5 9v6.8M6.5 9H4.25c-.3 0-.5.2-.5.5v5.8c0 .3.2.5.5.5H6.5',
  details: 'M10 9.25v4.25M10 6.5h.01M16.75 10a6.75 6.75 0 1 1-13.5 0 6.75 6.75 0 0 1 13.5 0Z',
  warning:
    'M10 8v3.25M10 13.75h.01M9.1 3.9 2.9 14.6c-.4.7.1 1.6.9 1.6h12.4c.8 0 1.3-.9.9-1.6L10.9 3.9a1 1 0 0 0-1.8 0Z',
  offline:
    'M3.5 3.5l13 13M10 15.25h.01M7.5 12.5a3.6 3.6 0 0 1 5 0M4.75 9.75A7.4 7.4 0 0 1 7.9 7.9M11 7.3a7.5 7.5 0 0 1 4.25 2.45M2.5 7.1A10.8 10.8 0 0 1 5.2 5.3M9.1 4.3a10.8 10.8 0 0 1 8.4 2.8',
  attach:
    'M15.5 9.25l-5.6 5.6a3.3 3.3 0 0 1-4.7-4.7l5.9-5.9a2.2 2.2 0 0 1 3.1 3.1l-5.8 5.8a1.1 1.1 0 0 1-1.6-1.6l5.3-5.2',
  tool: 'M7.25 6.5 3.75 10l3.5 3.5M12.75 6.5l3.5 3.5-3.5 3.5M11 4.75l-2 10.5',
  stop: 'M6.75 6h6.5c.4 0 .75.35.75.75v6.5c0 .4-.35.75-.75.75h-6.5a.75.75 0 0 1-.75-.75v-6.5c0-.4.35-.75.75-.75Z',
} as const

/** Name of a drawing the widget has. */
export type IconName = keyof typeof launcherIconPaths | keyof typeof panelIconPaths | 'unhelpful'

/** Strokes on a 20 × 20 grid, drawn in the colour of the text around them. */
export const iconPaths: Readonly<Record<IconName, string>> = {
  ...launcherIconPaths,
  ...panelIconPaths,
  // The style sheet turns it.
  unhelpful: panelIconPaths.helpful,
}
