/** A value that can be watched; fits React's useSyncExternalStore. Listeners hear only changes. */
import type { Observable } from './engine-interface.ts'

export interface ObservableValue<Value> extends Observable<Value> {
  set: (value: Value) => void
}

export function createObservable<Value>(
  initial: Value,
  isEqual: (one: Value, other: Value) => boolean = Object.is,
): ObservableValue<Value> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    snapshot: () => value,
    set(next) {
      if (isEqual(value, next)) return
      value = next
      for (const listener of listeners) listener()
    },
  }
}
