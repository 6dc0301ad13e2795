/** Tells whether this page should leave out what nobody waits for, such as copies of old segments. */

/** The page is out of sight, or its person asked to save data. `isWatched`: another tab is in sight. */
export function isSparing(isWatched: boolean): boolean {
  const connection: unknown = Reflect.get(globalThis.navigator, 'connection')
  const isMetered =
    typeof connection === 'object' &&
    connection !== null &&
    Reflect.get(connection, 'saveData') === true
  return isMetered || (globalThis.document?.visibilityState === 'hidden' && !isWatched)
}
