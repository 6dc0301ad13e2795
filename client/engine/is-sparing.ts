/** Whether this is no time to fetch what nobody looks at: the page is out of sight, or data is dear. */
export function isSparing(): boolean {
  const connection: unknown = Reflect.get(globalThis.navigator, 'connection')
  const isMetered =
    typeof connection === 'object' &&
    connection !== null &&
    Reflect.get(connection, 'saveData') === true
  return isMetered || globalThis.document?.visibilityState === 'hidden'
}
