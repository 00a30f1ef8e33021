// Swaps the body for that of the next page and runs its scripts again, as Turbo does.
if (!window.swaps) {
  window.swaps = 0
  const visit = async (link) => {
    const response = await fetch(link.href)
    const next = new DOMParser().parseFromString(await response.text(), 'text/html')
    const body = document.adoptNode(next.body)
    for (const script of body.querySelectorAll('script')) {
      const again = document.createElement('script')
      for (const { name, value } of script.attributes) again.setAttribute(name, value)
      script.replaceWith(again)
    }
    document.body.replaceWith(body)
    document.title = next.title
    history.pushState(null, '', link.href)
    window.swaps += 1
  }
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-swap]')
    if (!link) return
    event.preventDefault()
    void visit(link)
  })
}
