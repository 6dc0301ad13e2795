/** Makes this process what a private window is, once and for all: nothing of IndexedDB is measured. */
export function forbidIndexedDb(): void {
  const open = (): never => {
    throw new DOMException('The operation is insecure.', 'SecurityError')
  }
  Object.defineProperty(globalThis, 'indexedDB', { value: { open } })
  // y-indexeddb leaves its failure to open unhandled, of which a browser only takes note.
  process.on('unhandledRejection', (error) => {
    if (!(error instanceof DOMException)) throw error
  })
}
