/** What a person reads when the answer is no: what happened, and what they can do about it. */
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { UnreachableError } from './api-client.ts'

const sentences: Record<ErrorCode, string> = {
  unauthenticated: 'Sign in again to go on.',
  session_ended: 'You were signed out. Sign in again to go on.',
  forbidden: 'You may not do this. Ask an admin of the workspace.',
  foreign_origin:
    'This page was opened at another address than the server’s. Open the server’s own address.',
  not_found: 'It is not there, or you have no access to it.',
  invalid_request: 'Something in the form is not right. Check it and try again.',
  conflict: 'Somebody changed this meanwhile. Look at it again, then retry.',
  already_exists: 'This name or address is taken. Choose another one.',
  precondition_failed: 'Somebody changed this meanwhile. Look at it again, then retry.',
  not_configured: 'This server is not set up for this. Ask its administrator.',
  payload_too_large: 'This is too large to send. Shorten it.',
  file_too_large: 'This file is too large for the server. Choose a smaller one.',
  quota_exceeded: 'Your files take all the space that you have. Delete some, then retry.',
  unknown_file: 'The file is not there any more. Upload it again.',
  rate_limited: 'Too much at once. Wait a moment, then try again.',
  too_many_connections: 'You have this open in too many windows. Close some of them.',
  too_many_documents: 'Too many conversations are open at once. Close some windows.',
  try_again: 'The server could not do this now. Try again in a moment.',
  storage_full:
    'The server’s disk is full. Tell its administrator; it goes out when there is space.',
  shutting_down: 'The server is restarting. It goes out when the server is back.',
  internal: 'Something went wrong at the server. Try again; if it stays, tell its administrator.',
  not_member: 'You are not a member of this channel. Join it, then retry.',
  not_participant: 'You are not in this conversation.',
  channel_archived: 'This channel is archived and takes no more messages.',
  posting_restricted: 'Only some members may post in this channel.',
  access_ended: 'You no longer have access to this conversation.',
  malformed_update: 'The server could not read this. Reload the page, then retry.',
  update_too_large: 'This is too large to send at once. Shorten it.',
  too_many_changes: 'Too many changes at once. Wait a moment, then retry.',
  too_many_clients:
    'This part of the conversation takes no more from your devices. Copy it, and send it anew.',
  too_many_reactions: 'You have reacted to this often enough. Take a reaction back first.',
  missing_predecessor: 'Something before this did not arrive. Retry.',
  client_taken: 'This browser must start anew. Reload the page, then retry.',
  unknown_root: 'The server does not know this kind of content.',
  content_not_allowed: 'The server does not take this kind of content.',
  server_only: 'Only the server may change this.',
  invalid_key: 'The server does not take this.',
  invalid_record: 'The server does not take this. Check that it is not empty.',
  content_too_long: 'This message is too long. Copy it, and send it in parts.',
  too_far_in_future: 'The clock of this device is wrong. Set it, then retry.',
  not_author: 'Only its author may change this message.',
  not_yours: 'This belongs to somebody else.',
  immutable_field: 'This part of a message cannot be changed.',
  version_mismatch: 'This message was changed on another device meanwhile. Retry.',
  already_deleted: 'This message was deleted meanwhile.',
  key_removed: 'A message cannot be removed without a trace.',
  unknown_message: 'The message that this belongs to is not there.',
  damaged_on_device:
    'This device’s disk damaged it, and only its words are left. Look at them, then retry.',
}

export function sentenceFor(code: ErrorCode): string {
  return sentences[code]
}

/** The sentence for whatever a request threw. */
export function sentenceForError(error: unknown): string {
  if (error instanceof UnreachableError) {
    return 'The server cannot be reached. Check your connection, then try again.'
  }
  return sentenceFor(error instanceof AppError ? error.code : 'internal')
}
