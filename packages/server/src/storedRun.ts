import { randomId } from './randomId.ts'
import type { RecordingReader } from './recording.ts'
import type { TakeFrames } from './replyFrames.ts'
import type { RunStore } from './runStore.ts'

const pollMs = 50
/** How often the process that writes the run is told that it is read. */
const tellMs = 1_000
const wishMs = 5_000

/**
 * Reads a run of another process after a frame. Undefined when there is none, or a frame that follows is not kept any
 * more.
 */
export async function openStoredRun(
  store: RunStore,
  key: string,
  afterId: number,
): Promise<RecordingReader | undefined> {
  const id = randomId('reader')
  let piece = await store.read(key, afterId)
  if (!piece) return undefined
  let readId = afterId
  let isOver = false
  let waiting: TakeFrames | undefined
  let poll: ReturnType<typeof setTimeout> | undefined

  // A wish that is lost costs a second; the next one is heard.
  const tellThere = () => void store.ask(key, { reader: { id, readId } }, wishMs).catch(() => {})
  tellThere()
  const telling = setInterval(tellThere, tellMs)

  function leave() {
    isOver = true
    waiting = undefined
    clearTimeout(poll)
    clearInterval(telling)
  }

  function tell(frames: string | null) {
    const take = waiting
    waiting = undefined
    if (frames === null) leave()
    take?.(frames, readId)
  }

  function look() {
    const known = piece
    piece = undefined
    if (known) return take(known)
    store.read(key, readId).then(
      (next) => (next ? take(next) : tell(null)),
      // Without its end, this is a connection that was lost.
      () => tell(null),
    )
  }

  function take({ frames, lastId, isOver: isLast }: NonNullable<typeof piece>) {
    if (!waiting) return
    if (isLast) isOver = true
    if (frames) {
      readId = lastId
      tell(frames)
    } else if (isOver) {
      tell(null)
    } else {
      poll = setTimeout(look, pollMs)
    }
  }

  return {
    read(take) {
      if (isOver) {
        clearInterval(telling)
        return take(null, readId)
      }
      waiting = take
      look()
    },
    leave,
  }
}
