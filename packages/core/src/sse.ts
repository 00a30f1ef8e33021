/** One event of an event stream, as the HTML standard defines it. */
export interface SseEvent {
  /** Absent for the default type `message`. */
  readonly event?: string | undefined
  readonly data: string
  readonly id?: string | undefined
}
