/** Which conversations, and segments of one, the names of documents mean. Pure. */
import { parseDocumentName, type Conversation } from '../../shared/document/names.ts'

/** The conversations that documents belong to, each once. */
export function conversationsNamed(names: readonly string[]): Conversation[] {
  const found = new Map<string, Conversation>()
  for (const name of names) {
    const address = parseDocumentName(name)
    if (address?.kind === 'conversation') found.set(address.conversation.id, address.conversation)
  }
  return [...found.values()]
}

/** The segment that a document's name means, if it belongs to this conversation. */
export function segmentsNamed(name: string, { id }: Conversation): number[] {
  const address = parseDocumentName(name)
  const isOurs = address?.kind === 'conversation' && address.conversation.id === id
  return isOurs ? [address.segment] : []
}
