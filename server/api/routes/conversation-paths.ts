/** The two paths under which every route of conversations stands: channels and DMs. */
import { z } from 'zod'
import type { Conversation } from '../../../shared/document/names.ts'
import { channelIdSchema, messageIdSchema, threadIdSchema } from '../../../shared/ids.ts'

export interface ConversationPath {
  prefix: string
  params: z.ZodObject<{ id: z.ZodType<string> }>
  toConversation: (id: string) => Conversation
  /** What is answered where nothing can be changed any more: in an archived channel. */
  whereArchived: readonly 409[]
  /** The same of what is written into documents, which may fail for the moment. */
  whereArchivedOrBusy: readonly (409 | 503)[]
}

export const conversationPaths: readonly ConversationPath[] = [
  {
    prefix: '/channels/{id}',
    params: z.object({ id: channelIdSchema }),
    toConversation: (id) => ({ kind: 'channel', id: channelIdSchema.parse(id) }),
    whereArchived: [409],
    whereArchivedOrBusy: [409, 503],
  },
  {
    prefix: '/dm/{id}',
    params: z.object({ id: threadIdSchema }),
    toConversation: (id) => ({ kind: 'dm', id: threadIdSchema.parse(id) }),
    whereArchived: [],
    whereArchivedOrBusy: [503],
  },
]

/** The path of one message, below the conversation's. */
export function messageParams({ params }: ConversationPath) {
  return params.extend({ messageId: messageIdSchema })
}
