#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { stubNames } from './createStub.ts'
import { startStubFor } from './startStubFor.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '0' }, pace: { type: 'string', default: '30' } },
})
const [name] = positionals
const port = Number(values.port)
const paceMs = Number(values.pace)
if (!name || !stubNames.includes(name) || !Number.isInteger(port) || Number.isNaN(paceMs)) {
  console.error(`parlance-stub <${stubNames.join('|')}> [--port 9000] [--pace 30]`)
  process.exitCode = 1
} else {
  const { environment } = await startStubFor({ PARLANCE_PROVIDER: name }, { port, paceMs })
  console.log(`The stub of ${name} listens. To ask it:`)
  for (const [variable, value] of Object.entries(environment)) {
    if (value) console.log(`${variable}=${value}`)
  }
}
