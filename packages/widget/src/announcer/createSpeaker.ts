/** Says pieces of text at a pace a screen reader can follow. */
export interface Speaker {
  /** Adds text to what is still to be said. It is said in pieces that end where a sentence or a word does. */
  add(text: string): void
  /** Called back once everything added so far has been said. */
  whenDone(callback: () => void): void
  /** Forgets what is still to be said, and the timer. */
  stop(): void
}

/** Most characters of one piece. */
export const maxPieceChars = 200

/** Least time between two pieces, in milliseconds. */
export const pieceEveryMs = 1000

/**
 * Cuts the next piece off a text: as many whole sentences as fit, else as many words. Joined, the pieces are the text.
 * @param text not empty
 */
export function nextPiece(text: string, maxChars: number = maxPieceChars): string {
  if (text.length <= maxChars) return text
  const room = text.slice(0, maxChars)
  const sentence =
    /^.*[.!?…。！？؟]["'”’)\]]*\s+/su.exec(room)?.[0] ?? /^.*[。！？\n]/su.exec(room)?.[0]
  if (sentence) return sentence
  const words = /^.*\s/su.exec(room)?.[0]
  if (words) return words
  // One long word: not between the two halves of a surrogate pair.
  return /[\uD800-\uDBFF]$/.test(room) ? room.slice(0, -1) : room
}

/** A speaker that hands its pieces, trimmed, to `say`: the first at once, each further one a second after the last. */
export function createSpeaker(say: (piece: string) => void): Speaker {
  let waiting = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let done: (() => void)[] = []

  const speak = () => {
    timer = undefined
    if (waiting.trim() === '') {
      const callbacks = done
      waiting = ''
      done = []
      for (const callback of callbacks) callback()
      return
    }
    const piece = nextPiece(waiting)
    waiting = waiting.slice(piece.length)
    if (piece.trim() === '') return speak()
    say(piece)
    timer = setTimeout(speak, pieceEveryMs)
  }

  return {
    add(text) {
      waiting += text
      if (timer === undefined) speak()
    },
    whenDone(callback) {
      done.push(callback)
      if (timer === undefined) speak()
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
      waiting = ''
      done = []
    },
  }
}
