/**
 * What becomes of each kind of Slack message.
 *
 * - Said by somebody: a TEXT message. So is every kind that is not named here.
 * - Done in the channel (joined, renamed, pinned …): a SYSTEM message with Slack's own words.
 * - Skipped: pointers that repeat another message of the same export.
 */

const systemSubtypes = new Set([
  'bot_add',
  'bot_remove',
  'bot_enable',
  'bot_disable',
  'channel_archive',
  'channel_canvas_updated',
  'channel_convert_to_private',
  'channel_convert_to_public',
  'channel_join',
  'channel_leave',
  'channel_name',
  'channel_posting_permissions',
  'channel_purpose',
  'channel_topic',
  'channel_unarchive',
  'group_archive',
  'group_join',
  'group_leave',
  'group_name',
  'group_purpose',
  'group_topic',
  'group_unarchive',
  'huddle_thread',
  'joiner_notification',
  'joiner_notification_for_inviter',
  'mpdm_move',
  'pinned_item',
  'reminder_add',
  'sh_room_created',
  'unpinned_item',
])

export type SubtypeMeaning = 'said' | 'system' | 'deleted' | 'edit' | 'deletion' | 'pointer'

export function meaningOf(subtype: string | undefined): SubtypeMeaning {
  switch (subtype) {
    case 'message_changed':
      return 'edit'
    case 'message_deleted':
      return 'deletion'
    case 'message_replied':
    case 'reply_broadcast':
      return 'pointer'
    case 'tombstone':
      return 'deleted'
    default:
      return subtype !== undefined && systemSubtypes.has(subtype) ? 'system' : 'said'
  }
}
