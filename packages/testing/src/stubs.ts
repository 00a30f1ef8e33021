export { type AimoStubOptions, createAimoStub, type SignIn } from './stubs/aimo.ts'
export { createAiapiStub } from './stubs/aiapi.ts'
export { createChipipayStub } from './stubs/chipipay.ts'
export { type ChippStubOptions, createChippStub } from './stubs/chipp.ts'
export { createOpenaiStub } from './stubs/openai.ts'
export { createRoutedStub } from './stubs/routed.ts'
export { createStub, stubNames } from './stubs/createStub.ts'
export { type RunningStub, startStub, type StartStubOptions } from './stubs/startStub.ts'
export { startStubFor, type StubEnvironment, type StubFor } from './stubs/startStubFor.ts'
export {
  type Stub,
  type StubAnswer,
  stubKey,
  type StubMessage,
  type StubRequest,
} from './stubs/stub.ts'
