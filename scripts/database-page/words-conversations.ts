/** What the page of the database says of the tables of messages and of what belongs to them. */
import type { TableWords } from './table-words.ts'

const PROJECTOR = 'server/projection/project-message.ts'
const REBUILD = 'server/admin/rebuild.ts'

const messageColumns = {
  id: 'UUIDv7, chosen by the writer: unique in its conversation alone.',
  author_id: 'Who wrote it. The row stays when the account goes, so it refers to nothing.',
  content: 'What it says, in Markdown; people are named as `<@id>`. Empty once it is deleted.',
  type: '`TEXT`, `FILE`, or `SYSTEM` for what the server says.',
  version: '1, and one more with each edit.',
  parent_id: 'The message whose thread it is in; null outside threads.',
  reply_to_id: 'The message that it answers outside a thread; null for none.',
  file_ids:
    'A JSON array of the files that it names; `file_uploads` says which of them it brought.',
  created_at: "When it was written, by the writer's clock.",
  received_at: 'When it came to the server: unread is counted by it.',
  edited_at: 'When it was last edited; null for never.',
  deleted_at: 'When it was deleted; null while it stands.',
  deleted_by: 'Who deleted it.',
  segment: "Which document of the conversation's chain holds it.",
}

export const conversationTables: Readonly<Record<string, TableWords>> = {
  messages: {
    about:
      'Messages in channels. A deleted one stays as a row without words, as it does in its document.',
    writers: [PROJECTOR, REBUILD],
    columns: { channel_id: 'The channel.', ...messageColumns },
    indexes: {
      messages_channel_id_created_at: 'The pages of a channel.',
      messages_author_id: 'What somebody wrote.',
      messages_created_at: 'For questions of administrators: what was written in a span of time.',
      messages_parent_id: 'Threads: pages of replies, how many there are, who replied last.',
    },
    triggers: { messages_leave_search: 'What is removed here leaves the search index.' },
  },
  direct_messages: {
    about: 'The same for threads of direct messages.',
    writers: [PROJECTOR, REBUILD],
    columns: { thread_id: 'The thread.', ...messageColumns },
    indexes: {
      direct_messages_thread_id_created_at: 'The pages of a thread; what was said last in it.',
      direct_messages_author_id: 'What somebody wrote.',
      direct_messages_received_at: 'Unread messages, from the index alone.',
      direct_messages_parent_id: 'Threads within it, as in channels.',
    },
    triggers: { direct_messages_leave_search: 'What is removed here leaves the search index.' },
  },
  message_revisions: {
    writers: [PROJECTOR],
    columns: {
      id: 'Rises with time.',
      conversation_id: 'Channel or thread.',
      message_id: 'The message that was edited.',
      version: 'The version that said this.',
      content: 'What it said.',
      replaced_at: 'When the edit was made.',
    },
    indexes: { message_revisions_message: 'The history of a message.' },
  },
  message_reactions: {
    about: 'Emoji that people gave to messages.',
    writers: ['server/projection/project-reaction.ts', REBUILD],
    columns: {
      conversation_id: 'Channel or thread.',
      message_id: 'The message.',
      user_id: 'Who reacted.',
      emoji: 'The emoji.',
      created_at: 'When.',
    },
    indexes: { message_reactions_user_id: 'What somebody who is erased has given.' },
  },
  message_pins: {
    about: 'Messages that were pinned.',
    writers: ['server/projection/project-pin.ts', REBUILD],
    columns: {
      conversation_id: 'Channel or thread.',
      message_id: 'The message.',
      user_id: 'Who pinned it.',
      pinned_at: 'When.',
    },
    indexes: {
      message_pins_pinned_at: 'The pins of a conversation, the newest first.',
      message_pins_user_id: 'What somebody who is erased has pinned.',
    },
  },
  mentions: {
    writers: ['server/projection/project-mentions.ts', REBUILD],
    columns: {
      conversation_id: 'Channel or thread.',
      message_id: 'The message that names them.',
      group_name: '`channel` or `here`; null where a person is named.',
    },
    indexes: {
      mentions_message: 'Each of them once for each message.',
      mentions_user_id: 'Where somebody was named.',
    },
  },
  idempotency_keys: {
    writers: ['server/commands/claim-idempotency-key.ts'],
    columns: {
      user_id: 'Who posted.',
      conversation_id: 'Where.',
      key: 'The key, as it was sent.',
      message_id: 'The message that came of it.',
      created_at: 'When.',
    },
    indexes: { idempotency_keys_created_at: 'Keys whose day is over.' },
  },
}
