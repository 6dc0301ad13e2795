/** The name of the channel between the leading tab and one that follows, and of that one's lock. */

export function sessionName(prefix: string, session: string): string {
  return `${prefix}tab-${session}`
}
