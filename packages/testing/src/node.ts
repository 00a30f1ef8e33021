export {
  createScriptedProvider,
  type HandReply,
  type ScriptedProvider,
  type ScriptedReply,
  type ScriptedRequest,
} from './createScriptedProvider.ts'
