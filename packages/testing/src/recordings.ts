import { type AnswerName, answers } from './answers.ts'
import { recordError, type Recording, recordReply } from './recording.ts'

const cited = recordReply(answers.cited)
const begun = cited.pieces.slice(0, 40)
const failure = recordReply({ error: 'provider_error' }).pieces.slice(-1)

/** An answer of several screens, for what only shows at length. */
const long = [answers.cited, answers.list, answers.code, answers.table, answers.languages]
  .map(({ text }) => text)
  .join('\n\n')

export type RecordingName =
  | AnswerName
  | 'long'
  | 'truncated'
  | 'brokenOff'
  | 'rateLimited'
  | 'overloaded'
  | 'outOfCredit'
  | 'unauthorized'

/**
 * Recorded answers of the relay, one for each thing an interface has to draw or to survive. Made by its own encoder
 * from `answers`, at the pace of a quick model.
 */
export const recordings: Readonly<Record<RecordingName, Recording>> = {
  short: recordReply(answers.short),
  cited,
  code: recordReply(answers.code, { everyMs: 12 }),
  table: recordReply(answers.table),
  list: recordReply(answers.list),
  reasoning: recordReply(answers.reasoning),
  toolCall: recordReply(answers.toolCall),
  openToolCall: recordReply(answers.openToolCall),
  refusal: recordReply(answers.refusal),
  cutByLength: recordReply(answers.cutByLength),
  filtered: recordReply(answers.filtered),
  languages: recordReply(answers.languages),
  rightToLeft: recordReply(answers.rightToLeft),
  long: recordReply(long, { everyMs: 12 }),
  /** The body ends in mid-sentence, without its end. */
  truncated: { ...cited, pieces: begun },
  /** An error object in mid-answer. */
  brokenOff: { ...cited, pieces: [...begun, ...failure] },
  /** 429 with `Retry-After: 20`. */
  rateLimited: recordError(429, 'rate_limited', { retryAfterSeconds: 20 }),
  /** 503. */
  overloaded: recordError(503, 'overloaded'),
  /** 402. */
  outOfCredit: recordError(402, 'payment_required'),
  /** 401. */
  unauthorized: recordError(401, 'unauthorized'),
}
