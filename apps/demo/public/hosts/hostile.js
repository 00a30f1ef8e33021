// An old page's globals: a loader for AMD modules, and methods on everything.
window.define = (...values) => window.define.calls.push(values)
window.define.amd = {}
window.define.calls = []
window.module = { exports: {} }
window.exports = window.module.exports
window.process = undefined
Array.prototype.last = function () {
  return this[this.length - 1]
}
Array.prototype.remove = function () {
  return this
}
Object.defineProperty(Object.prototype, 'each', {
  value: () => undefined,
  enumerable: true,
  configurable: true,
  writable: true,
})
String.prototype.format = () => ''
Function.prototype.inherits = () => undefined
