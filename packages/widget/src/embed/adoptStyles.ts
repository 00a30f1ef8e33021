/** Puts a style sheet on a shadow root without a `<style>` element, which a strict Content-Security-Policy refuses. */
export function adoptStyles(root: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}
