/** Where plain Yjs clients connect: one WebSocket for each document, whose name follows. */

export const PLAIN_YJS_PATH = '/yjs/'

/** Whether there are such connections at a path. */
export function isPlainYjsPath(path: string): boolean {
  return path.startsWith(PLAIN_YJS_PATH)
}
