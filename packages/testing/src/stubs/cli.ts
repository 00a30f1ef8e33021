#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { createStub, stubNames } from './createStub.ts'
import { startStub } from './startStub.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '0' }, pace: { type: 'string', default: '30' } },
})
const [name] = positionals
if (!name || !stubNames.includes(name)) {
  console.error(`parlance-stub <${stubNames.join('|')}> [--port 9000] [--pace 30]`)
  process.exitCode = 1
} else {
  const stub = createStub(name)
  const running = await startStub(stub, { port: Number(values.port), paceMs: Number(values.pace) })
  console.log(`The stub of ${name} listens. To ask it:`)
  console.log(`PARLANCE_PROVIDER=${name}`)
  console.log(`PARLANCE_BASE_URL=${running.baseUrl}`)
  console.log(`PARLANCE_MODEL=${stub.model}`)
  if (stub.apiKey) console.log(`PARLANCE_API_KEY=${stub.apiKey}`)
}
