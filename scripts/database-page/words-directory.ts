/** What the page of the database says of the tables of channels, threads and who is in them. */
import type { TableWords } from './table-words.ts'

const IMPORT = 'server/import/write-directory.ts'
const READ_MARK_BEGINS =
  'Whoever comes in has read what is there: makes their row of `read_receipts`.'
const READ_MARK_ENDS = 'Whoever leaves takes nothing along: removes that row.'

export const directoryTables: Readonly<Record<string, TableWords>> = {
  channels: {
    about: 'Channels, public and private.',
    writers: [
      'server/commands/create-channel.ts',
      'server/commands/update-channel.ts',
      'server/commands/arrange-channels.ts',
      'server/commands/channel-members.ts',
      'server/projection/project-message.ts',
      'server/projection/project-segment.ts',
      IMPORT,
    ],
    columns: {
      id: 'UUIDv7; the documents of its chain are called `channel:<id>/<segment>`.',
      name: 'Name as people read it.',
      slug: 'Name as in addresses and in `in:`.',
      description: 'What it is for.',
      type: 'Whether those who are not in it know of it.',
      created_by: 'Who made it; null when the account is gone.',
      last_message_at: 'When its newest message was written; null while there is none.',
      archived_at: 'Since when nobody can write in it; null while they can.',
      created_at: 'When it was made.',
      updated_at: 'When name, description or the like changed last.',
      newest_segment: 'The document that new messages go to.',
      category_id: 'Under which heading it is listed; null for none.',
      position: 'Its place there, from 0.',
      posting: 'Who may write in it.',
    },
    indexes: {
      channels_type: 'For questions of administrators: public or private channels.',
      channels_category_id: 'The channels under a heading, in their order.',
    },
  },
  channel_categories: {
    about: 'Headings of the list of channels.',
    writers: ['server/commands/channel-categories.ts', 'server/commands/arrange-channels.ts'],
    columns: {
      id: 'UUIDv7.',
      name: 'What the heading says.',
      position: 'Its place among the headings, from 0.',
      created_at: 'When it was made.',
    },
  },
  channel_members: {
    about: 'Who is in which channel.',
    writers: [
      'server/commands/channel-members.ts',
      'server/commands/create-channel.ts',
      'server/import/add-members.ts',
      IMPORT,
    ],
    columns: {
      channel_id: 'The channel.',
      user_id: 'Who is in it.',
      role: 'Role in the channel; [what it may](roles.md).',
      joined_at: 'Since when.',
      notify_level: 'What they wish to be told of in it.',
      muted: 'Whether they wish to be told of nothing: 1 or 0.',
    },
    indexes: {
      channel_members_user_id: 'All channels of a person.',
    },
    triggers: {
      channel_members_end_reading: READ_MARK_ENDS,
    },
  },
  direct_message_threads: {
    about: 'Conversations of a few people. The same people always have the same thread.',
    writers: [
      'server/commands/start-dm.ts',
      'server/projection/project-message.ts',
      'server/projection/project-segment.ts',
      IMPORT,
    ],
    columns: {
      id: 'UUIDv5 of the sorted ids of those whom it was started with; its documents are called `dm:<id>/<segment>`.',
      created_by: 'Who started it; null when the account is gone.',
      last_message_at: 'When its newest message was written; null while there is none.',
      created_at: 'When it was started.',
      newest_segment: 'The document that new messages go to.',
    },
    indexes: {
      direct_message_threads_last_message_at:
        'For questions of administrators: threads that are in use, or long have not been.',
    },
  },
  direct_message_participants: {
    about: 'Who is in which thread.',
    writers: ['server/commands/start-dm.ts', 'server/commands/change-dm.ts', IMPORT],
    columns: {
      thread_id: 'The thread.',
      user_id: 'Who is in it.',
      joined_at: 'Since when.',
      notify_level: 'What they wish to be told of in it; null: as in their preferences.',
      muted: 'Whether they wish to be told of nothing: 1 or 0.',
      archived_at: 'When they put it aside; it comes back with the next message.',
    },
    indexes: { direct_message_participants_user_id: 'All threads of a person.' },
    triggers: {
      direct_message_participants_begin_reading: READ_MARK_BEGINS,
      direct_message_participants_end_reading: READ_MARK_ENDS,
    },
  },
  read_receipts: {
    about: 'How far everybody has read.',
    writers: ['server/commands/mark-read.ts', 'migrations/0008_read_receipts.sql'],
    columns: { user_id: 'Who has read.', updated_at: 'When that changed last.' },
    indexes: {
      read_receipts_message_id:
        'For questions of administrators: who has read up to which message.',
    },
  },
  workspace_settings: {
    writers: ['server/commands/update-workspace-settings.ts', 'migrations/0016_retention.sql'],
    columns: { id: 'Always 1.' },
  },
}
