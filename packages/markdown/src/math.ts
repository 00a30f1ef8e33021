export { mathComponents } from './math/mathComponents.tsx'
export { parseTex, type MathNode } from './math/parseTex.ts'
