/** What the page of the database says of the tables of search, files, notifications and audit. */
import type { TableWords } from './table-words.ts'

const SEARCH = ['server/projection/search-index.ts', 'server/projection/complete-search-index.ts']
const NOTIFY = 'server/projection/notify/write-notification.ts'
const JUDGE = 'server/notifications/urgency/judge-pending.ts'
const ERASE = 'server/commands/erase-person.ts'

export const searchTables: Readonly<Record<string, TableWords>> = {
  search_conversations: {
    writers: SEARCH,
    columns: {
      number: "The index's number for it.",
      kind: 'Channel or thread.',
      conversation_id: 'Its id.',
    },
  },
  search_entries: {
    about: 'Each message in the search index.',
    writers: SEARCH,
    columns: {
      conversation: 'Number of its conversation.',
      message_id: 'The message.',
      created_at: 'When it was written.',
    },
    triggers: { search_entries_leave_index: 'What is removed here leaves `search_index`.' },
  },
  search_index: {
    about:
      'A full-text index (FTS5) that keeps no text. Ask it through `GET /api/messages/search`, or ask the views with `LIKE`.',
    writers: [...SEARCH, 'server/retention/purge-pages.ts'],
    columns: {
      scope: 'What can be asked beside words.',
      words: 'Words of the text, segmented.',
    },
  },
  search_state: {
    writers: ['server/projection/complete-search-index.ts'],
    columns: {
      id: 'Always 1.',
      version: 'How text was segmented.',
      after_conversation_id: 'The conversation that it has come to.',
      after_message_id: 'The message that it has come to.',
    },
  },
  message_files: {
    writers: ['server/projection/project-files.ts', 'server/admin/rebuild.ts'],
    columns: {
      conversation_id: 'Channel or thread.',
      message_id: 'The message.',
    },
    indexes: { message_files_file_id: 'The messages that a file which has just come is named by.' },
  },
  file_uploads: {
    about: 'What people uploaded; the bytes lie in the file store.',
    writers: [
      'server/files/file-rows.ts',
      'server/files/deleted-meanwhile.ts',
      'server/files/attach-upload.ts',
      'server/projection/project-files.ts',
      ERASE,
    ],
    columns: {
      owner_id: 'Who uploaded it.',
      size_bytes: 'Its size.',
      height: 'As `width`.',
      conversation_id: 'Channel or thread of that message.',
      message_id: 'That message.',
      attached_at: 'When the message was stored.',
      created_at: 'When the upload began.',
    },
    indexes: {
      file_uploads_message: 'The files of a page of messages.',
      file_uploads_unattached: 'Uploads that no message brought, to be swept.',
      file_uploads_deleted_at: 'Files whose bytes are to be removed.',
    },
  },
  notifications: {
    about: 'That somebody is told of a message.',
    writers: [
      'server/projection/notify/project-notifications.ts',
      NOTIFY,
      JUDGE,
      'server/commands/notifications.ts',
      'server/commands/mark-read.ts',
    ],
    columns: {
      id: 'UUIDv7.',
      user_id: 'Who is told.',
      kind: 'Why.',
      conversation_kind: 'Channel or thread.',
      conversation_id: 'Its id.',
      message_id: 'The message.',
      is_urgent: 'Whether it was judged urgent: 1 or 0.',
      read_at: 'When they saw it; null until then.',
    },
    indexes: {
      notifications_once:
        'Nobody is told of the same message twice; of reactions to it once beside.',
      notifications_user_id_read_at: 'How many are unread.',
      notifications_user_id_created_at: "A person's list, the newest first.",
      notifications_is_urgent: 'For questions of administrators: what was urgent.',
      notifications_not_judged: 'What is still to be judged.',
    },
  },
  push_subscriptions: {
    writers: ['server/commands/push-subscriptions.ts', 'server/notifications/push/deliver-push.ts'],
    columns: {
      id: 'UUIDv7.',
      user_id: 'Who is told there.',
      endpoint: 'Address at the push service of the browser, as good as a secret.',
      auth: 'The second of them.',
      created_at: 'When the browser subscribed.',
    },
    indexes: {
      push_subscriptions_user_id: 'All browsers of a person.',
      push_subscriptions_session_id: 'What goes with a session.',
    },
  },
  notification_outbox: {
    writers: [NOTIFY, 'server/notifications/outbox.ts', JUDGE],
    columns: {
      id: 'Rises with time.',
      notification_id: 'What is delivered.',
      medium: 'How.',
      attempts: 'How often it failed.',
      next_attempt_at: 'When it is tried next.',
    },
    indexes: {
      notification_outbox_once: 'Each delivery once.',
      notification_outbox_due: 'What is to be delivered now.',
      notification_outbox_subscription_id: 'What goes with a subscription.',
    },
  },
  audit_logs: {
    about:
      'Who did what to what: every administrative act and all that concerns signing in. When somebody is erased, `details`, `ip_address` and `user_agent` of what they did, and of what was done to them, are emptied. But for that:',
    writers: [
      'server/database/write-audit-entry.ts',
      'server/admin/people/manage-people.ts',
      ERASE,
    ],
    columns: {
      id: 'UUIDv7.',
      action: 'What was done.',
      entity_type: 'The kind of thing that it was done to.',
      entity_id: 'Its id; null for the workspace.',
      ip_address: 'From which address; null where none is known.',
      user_agent: 'With which program; null where none is known.',
      created_at: 'When.',
    },
    indexes: {
      audit_logs_entity: 'All that was done to one thing.',
      audit_logs_action: 'All acts of one kind.',
      audit_logs_created_at: 'The newest first.',
      audit_logs_actor_id: 'All that somebody did.',
    },
    triggers: {
      audit_logs_never_change: 'Refuses every change but what an erasure empties.',
      audit_logs_never_vanish: 'Refuses every removal.',
      audit_logs_never_replaced: 'Passes over what would take the place of an entry.',
    },
  },
}
