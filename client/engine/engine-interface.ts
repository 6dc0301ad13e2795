/**
 * What the engine offers to the rest of the client: conversations that can be read and written
 * with or without a network, and the truth about what has reached the server. No React here.
 */
import type { Conversation } from '../../shared/document/names.ts'
import type { ConversationId, MessageId, UserId } from '../../shared/ids.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import type { Refusal } from '../../shared/sync/refusal.ts'
import type { DirectoryEvent } from '../../shared/sync/stateless-messages.ts'
import type { StorageTrouble } from './storage/storage-trouble.ts'

/** `subscribe` and `snapshot` fit React's useSyncExternalStore; a snapshot is never mutated. */
export interface Observable<Snapshot> {
  subscribe: (onChange: () => void) => () => void
  snapshot: () => Snapshot
}

export interface EngineStatus {
  /** `offline`: no connection; `syncing`: connected, but not all is exchanged yet. */
  connection: 'offline' | 'connecting' | 'syncing' | 'online'
  /** Records of this person, in all conversations, that are not yet on the server's disk. */
  pendingCount: number
  refusedCount: number
  /** Where they were refused: nobody else leads there once access has ended. */
  refusedIn: readonly Conversation[]
  /** Older segments that are still to be copied for reading offline. */
  missingCopies: number
  /** `memory` while this browser does not keep all on disk: a reload may lose what is not sent. */
  storage: 'disk' | 'memory'
  /** Why it is in memory; undefined on disk. */
  storageTrouble: StorageTrouble | undefined
  /** No more of the older history is copied, and some is given up if need be: space is short. */
  isShortOfSpace: boolean
  /** The server no longer accepts this browser's session; reading goes on from the local copy. */
  needsSignIn: boolean
}

export type Delivery =
  | { state: 'sent' }
  | { state: 'pending' }
  | { state: 'refused'; refusal: Refusal; outboxId: string }

export interface ReactionView {
  emoji: string
  userIds: readonly UserId[]
}

export interface MessageView {
  id: MessageId
  record: MessageRecord
  delivery: Delivery
  reactions: readonly ReactionView[]
  isPinned: boolean
  replyCount: number
}

/** Something typed that could not be delivered and is not shown as a message of its own. */
export interface UndeliveredView {
  outboxId: string
  kind: 'message' | 'edit' | 'deletion' | 'reaction' | 'pin'
  messageId: MessageId
  /** What was typed, to show and copy; empty for deletions. */
  text: string
  /** Of a reaction. */
  emoji: string | undefined
  refusal: Refusal
}

/** What one segment of a conversation has to show. */
export interface SegmentSnapshot {
  /**
   * `ready` once the local copy is read; `empty-copy`: nothing local and no server yet; `preview`:
   * what REST says of it, until the document is there.
   */
  phase: 'loading' | 'empty-copy' | 'preview' | 'ready' | 'denied'
  /** Why the server does not (or no longer) let this person in, when `denied`. */
  denial: Refusal | undefined
  /** Ordered by (createdAt, id): undelivered new messages stand among them. Tombstones included. */
  messages: readonly MessageView[]
  undelivered: readonly UndeliveredView[]
  /** Others who are typing now. */
  typing: readonly UserId[]
}

/**
 * Whether there are messages beyond those that are here: `loading` while they are on their way,
 * `missing` while they are not on this device and the server cannot be reached.
 */
export type Further = 'none' | 'more' | 'loading' | 'missing'

/** A window on a conversation: its newest segments, or those around a message that was revealed. */
export interface ConversationSnapshot extends SegmentSnapshot {
  older: Further
  /** `none`: the newest message is here. */
  newer: Further
  thread: ThreadSnapshot | undefined
}

/** The thread that was asked for with `showThread`, wherever its messages stand. */
export interface ThreadSnapshot {
  id: MessageId
  /** `here` once its first message is; else as in `Revealed`. */
  state: 'looking' | 'here' | 'not-found' | 'not-here'
  /** Its first message and the replies, in order. */
  messages: readonly MessageView[]
}

/** What came of looking for a message. */
export type Revealed =
  /** It is among the messages; a reply is in the thread of `parentId`, which is. */
  | { state: 'shown'; parentId: MessageId | undefined; isDeleted: boolean }
  /** The server knows no such message here, or does not show it to this person. */
  | { state: 'not-found' }
  /** The server cannot be asked, and no copy on this device has it. */
  | { state: 'not-here' }

/** Which documents of a conversation's chain hold a message and what was answered to it. */
export interface MessagePlace {
  segment: number
  parentId: MessageId | undefined
  replySegments: readonly number[]
}

/** A message as REST shows it, which stands in until its document is there. */
export interface PageMessage extends Omit<MessageView, 'delivery'> {
  segment: number
}

/** What the server's tables say of a conversation. Both reject when the server cannot be asked. */
export interface HistorySource {
  /** The newest page of messages. */
  readPage: (conversation: Conversation) => Promise<readonly PageMessage[]>
  /** Undefined when there is no such message, or this person may not see it. */
  locate: (conversation: Conversation, messageId: MessageId) => Promise<MessagePlace | undefined>
}

export interface NewMessage {
  content: string
  parentId?: MessageId | undefined
  replyToId?: MessageId | undefined
  /** The id and time (ms UTC) under which another tab shows it already. */
  shownAs?: { messageId: MessageId; createdAt: number } | undefined
}

export interface ConversationHandle extends Observable<ConversationSnapshot> {
  /** Writes the message locally at once and delivers it when it can; answers its id. */
  send: (message: NewMessage) => MessageId
  edit: (messageId: MessageId, content: string) => void
  remove: (messageId: MessageId) => void
  setReaction: (messageId: MessageId, emoji: string, isOn: boolean) => void
  setPinned: (messageId: MessageId, isOn: boolean) => void
  setTyping: (isTyping: boolean) => void
  /** Brings the messages before those that are here. */
  loadOlder: () => void
  /** Brings the messages after those that are here. */
  loadNewer: () => void
  /** Moves the window to a message, however old; to the message that it answers for a reply. */
  reveal: (messageId: MessageId) => Promise<Revealed>
  /** Moves the window back to the newest message. */
  showNewest: () => void
  /** Brings a thread, however old, into the snapshot; undefined for none. */
  showThread: (threadId: MessageId | undefined) => void
  /** Offers a refused record to the server again. */
  retry: (outboxId: string) => void
  /** Gives a refused record up; the caller has asked the person first. */
  discard: (outboxId: string) => void
  /** The caller no longer looks at it. The engine may go on syncing in the background. */
  close: () => void
}

/** A conversation and the newest segment of its chain. */
export interface KnownConversation {
  conversation: Conversation
  newestSegment: number
}

/**
 * What to read again by REST. `arrivals`: others wrote, edited or deleted something in a conversation
 * that is kept in step, so that something else may be unread there.
 */
export type DirectoryNews = DirectoryEvent | { topic: 'arrivals'; conversationId: ConversationId }

export interface Engine {
  status: Observable<EngineStatus>
  /** People who are connected now, as far as this browser knows; empty while offline. */
  presence: Observable<ReadonlySet<UserId>>
  openConversation: (conversation: Conversation) => ConversationHandle
  /** How long the chains of conversations are, as the directory says. */
  noteNewestSegments: (known: readonly KnownConversation[]) => void
  /** Keeps full local copies of these conversations, and only these, in step in the background. */
  keepCopies: (conversations: readonly Conversation[]) => void
  /** The directory changed; called with undefined after every reconnect: read all again. */
  onDirectoryEvent: (listener: (event: DirectoryNews | undefined) => void) => () => void
  /** What this tab's person has before their eyes now: the server notifies them of nothing there. */
  setLooking: (conversations: readonly Conversation[]) => void
  /** Tries to connect now, for example after signing in again. */
  reconnect: () => void
  /** Closes connections and local copies; what is pending stays on disk. */
  close: () => Promise<void>
  /** Deletes everything this person has on this device, the outbox included. */
  erase: () => Promise<void>
}
