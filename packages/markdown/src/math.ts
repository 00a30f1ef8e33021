export { mathComponents } from './math/mathComponents.tsx'
export { parseTex, type MathNode } from './math/parseTex.ts'
export { texSyntax } from './math/texSyntax.ts'
export type { MathSyntax } from './mathSyntax.ts'
