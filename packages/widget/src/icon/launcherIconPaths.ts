/** What the launcher of the script tag draws: it shall not carry the others. */
export const launcherIconPaths = {
  chat: 'M4.75 3.75h10.5a2 2 0 0 1 2 2v6.5a2 2 0 0 1-2 2H10l-4 3v-3H4.75a2 2 0 0 1-2-2v-6.5a2 2 0 0 1 2-2Z',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  down: 'M5 7.75 10 12.75l5-5',
} as const
