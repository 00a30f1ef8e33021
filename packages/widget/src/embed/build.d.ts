/** The package's version, put in by the build. */
declare const __PARLANCE_VERSION__: string

/** The loader's few words in every language, taken from the strings files by the build. */
declare module 'virtual:parlance-launcher-words' {
  const words: Readonly<
    Record<
      string,
      readonly [direction: 'ltr' | 'rtl', openChat: string, closeChat: string, dismiss: string]
    >
  >
  export default words
}
