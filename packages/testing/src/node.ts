export {
  createCuttingProxy,
  type CuttingProxy,
  type CuttingProxyOptions,
} from './createCuttingProxy.ts'
export {
  createScriptedProvider,
  type HandReply,
  type ScriptedProvider,
  type ScriptedReply,
  type ScriptedRequest,
} from './createScriptedProvider.ts'
