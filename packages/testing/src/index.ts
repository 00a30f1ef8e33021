export {
  createFakeChat,
  type FakeChat,
  type FakeChatOptions,
  type FakeTurn,
} from './createFakeChat.ts'
export { createFakeChatIn, type FakeChatState, fakeChatStates } from './fakeChatStates.ts'
export { type ReplayOptions, replayStream } from './replayStream.ts'
export {
  bytesOf,
  type RecordedPiece,
  recordError,
  type RecordErrorOptions,
  type Recording,
  type RecordOptions,
  recordReply,
  toRecording,
} from './recording.ts'
export { type RecordingName, recordings } from './recordings.ts'
export { type AnswerName, answers } from './answers.ts'
export { type ReplyScript, toChatEvents } from './replyScript.ts'
export { cutAt, cutAtRandom, cutEvery, everyCut } from './cuts.ts'
export { createSeededRandom } from './seededRandom.ts'
