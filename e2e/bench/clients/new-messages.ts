/** What has come onto a screen since the snapshot before. Pure. */

interface Shown {
  id: string
}

/**
 * New ones nearly always stand at the end, so both lists are walked from there, and only until all
 * that was added is found. When the beginning has changed (segments came or went), by id.
 */
export function newMessages<Message extends Shown>(
  before: readonly Message[],
  after: readonly Message[],
): Message[] {
  if (before.length > 0 && before[0]?.id !== after[0]?.id) {
    const known = new Set(before.map(({ id }) => id))
    return after.filter(({ id }) => !known.has(id))
  }
  const added: Message[] = []
  let beforeIndex = before.length - 1
  for (let index = after.length - 1; index >= 0; index -= 1) {
    if (added.length === after.length - before.length) break
    const message = after[index]
    if (message === undefined) break
    if (message.id === before[beforeIndex]?.id) beforeIndex -= 1
    else added.push(message)
  }
  return added
}
