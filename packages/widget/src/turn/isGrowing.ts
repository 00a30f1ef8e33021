/** Whether a message, or the reply to a conversation, of this status is still on its way. */
export const isGrowing = (status: string | undefined): status is 'submitted' | 'streaming' =>
  status === 'submitted' || status === 'streaming'
