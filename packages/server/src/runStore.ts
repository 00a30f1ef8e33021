/**
 * Where the frames of runs are kept, so that a browser may go on with one at any process that answers it. A `key` names
 * a visitor and one of their runs, so that nobody finds another visitor's.
 */
export interface RunStore {
  /**
   * Adds what a run has said since, and keeps all of it for so many milliseconds from now. Resolves with what other
   * processes ask of the one that writes.
   */
  append(key: string, more: RunPiece, lifetimeMs: number): Promise<RunWish>
  /** What follows a frame. Undefined when there is no such run, or a frame that follows is not kept any more. */
  read(key: string, afterId: number): Promise<ReadPiece | undefined>
  /** Asks something of the process that writes a run; forgotten after so many milliseconds. */
  ask(key: string, wish: RunWish, lifetimeMs: number): Promise<void>
}

/** What a run has said in one stretch. */
export interface RunPiece extends ReadPiece {
  /** Id of the frame before these. */
  readonly afterId: number
  /** Frames up to this id need not be kept any more. */
  readonly droppedId: number
}

export interface ReadPiece {
  /** Whole frames of an event stream; may be none. */
  readonly frames: string
  /** Id of the last of them, or of the last frame before. */
  readonly lastId: number
  /** Whether the run has said all. */
  readonly isOver: boolean
}

/** What another process asks of the one that writes a run. */
export interface RunWish {
  /** The visitor has stopped it. */
  readonly isStopped?: boolean | undefined
  /** Who reads the run there, and how far. */
  readonly reader?: { readonly id: string; readonly readId: number } | undefined
}
