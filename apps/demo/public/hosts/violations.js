// What the page's policy refused, for whoever asks.
window.violations = []
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`)
})
