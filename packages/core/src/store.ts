import { reportThrown } from './reportThrown.ts'

/** One immutable state, changed by actions alone. */
export interface Store<State, Action> {
  getSnapshot(): State
  /** Calls back after each change. Returns the way to stop. */
  subscribe(listener: () => void): () => void
  /** Applies the actions in order and tells of them once. */
  dispatch(...actions: readonly Action[]): void
  /** Drops all listeners. */
  dispose(): void
}

/** Holds one state. A listener that throws does not keep the others from being told. */
export function createStore<State, Action>(
  reduce: (state: State, action: Action) => State,
  initial: State,
): Store<State, Action> {
  // Each subscription is an entry of its own: the same function subscribed twice must be left twice.
  const entries = new Set<{ readonly listener: () => void }>()
  let state = initial
  return {
    getSnapshot: () => state,
    subscribe(listener) {
      const entry = { listener }
      entries.add(entry)
      return () => {
        entries.delete(entry)
      }
    },
    dispatch(...actions) {
      const before = state
      state = actions.reduce(reduce, state)
      if (state === before) return
      for (const { listener } of [...entries]) reportThrown(listener)
    },
    dispose: () => entries.clear(),
  }
}
