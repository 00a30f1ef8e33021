/** Gives focus to the composer; on a phone to the panel, where the keyboard would hide what is to be read. */
export function focusQuietly(panel: HTMLElement | null, composer: HTMLElement | null): void {
  const target = matchMedia('(pointer: coarse)').matches ? panel : composer
  target?.focus({ preventScroll: true })
}
