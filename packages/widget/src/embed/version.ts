/** Version of the embed, the package's own. */
export const version: string = __PARLANCE_VERSION__
