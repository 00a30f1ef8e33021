/** The slots that are drawn before there is a panel. */
export const launcherSlots: readonly string[] = ['launcher', 'badge', 'greeting']
