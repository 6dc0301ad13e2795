/** The two paths under which every route of conversations stands: channels and DMs. */
import { z } from 'zod'
import type { Conversation } from '../../../shared/document/names.ts'
import { channelIdSchema, messageIdSchema, threadIdSchema } from '../../../shared/ids.ts'

export interface ConversationPath {
  prefix: string
  params: z.ZodObject<{ id: z.ZodType<string> }>
  toConversation: (id: string) => Conversation
}

export const conversationPaths: readonly ConversationPath[] = [
  {
    prefix: '/channels/{id}',
    params: z.object({ id: channelIdSchema }),
    toConversation: (id) => ({ kind: 'channel', id: channelIdSchema.parse(id) }),
  },
  {
    prefix: '/dm/{id}',
    params: z.object({ id: threadIdSchema }),
    toConversation: (id) => ({ kind: 'dm', id: threadIdSchema.parse(id) }),
  },
]

/** The path of one message, below the conversation's. */
export function messageParams({ params }: ConversationPath) {
  return params.extend({ messageId: messageIdSchema })
}
