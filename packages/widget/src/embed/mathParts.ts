import { mathComponents, texSyntax } from '@parlance/markdown/math'
import { defaultSlots } from '../settings/defaultSlots.ts'
import type { WidgetOptions } from '../settings/WidgetSettings.tsx'
import type { Slots } from '../settings/slots.ts'

/** How formulas are written. */
export const math: WidgetOptions['math'] = texSyntax

/**
 * The widget's own parts and those that draw formulas. Not the latter alone: by the former the build sees that this file
 * needs the panel's, and keeps there what both of them use.
 */
export const mathSlots: Slots = {
  ...defaultSlots,
  MathBlock: mathComponents.math,
  MathText: mathComponents.inlineMath,
}
