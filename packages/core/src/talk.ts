// The half of a chat that talks to a server, for those who fetch it late: see `createLateChat`.
export { createSessionToken } from './clientToken.ts'
export { createTurnRunner } from './createTurnRunner.ts'
