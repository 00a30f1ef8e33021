/** Parts of the widget that may be switched on and off. */
export interface Features {
  /** Copying an answer. Default true. */
  readonly copy: boolean
  /** Asking again for another answer. Default true. */
  readonly regenerate: boolean
  /** Changing a sent question. Default true. */
  readonly edit: boolean
  /** Clock times beside messages. Default true. */
  readonly times: boolean
  /** Reasoning of the model, folded away. Default true. */
  readonly reasoning: boolean
  /** Tokens, cost and time of an answer, behind a button. Default false: visitors rarely care. */
  readonly usage: boolean
  /** Saving the conversation as a file. Default true. */
  readonly transcript: boolean
  /** Images with a question. Default false: switch it on where the provider takes them. */
  readonly attachments: boolean
}

export const defaultFeatures: Features = {
  copy: true,
  regenerate: true,
  edit: true,
  times: true,
  reasoning: true,
  usage: false,
  transcript: true,
  attachments: false,
}
