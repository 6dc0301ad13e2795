/**
 * Awareness among the `/yjs` clients of a document. Our own browsers have no part in it: each would
 * repeat itself to all others every 15 seconds. A client speaks for its own clientIDs alone, and
 * what it says carries the id of the person whom the server knows it to be.
 */
import type { UserId } from '../../../shared/ids.ts'
import type { TokenBuckets } from '../token-bucket.ts'
import { decodeAwareness, encodeAwareness, type AwarenessEntry } from './awareness-update.ts'

/** One connection to one document. */
export interface Participant {
  documentName: string
  userId: UserId
  send: (awarenessUpdate: Uint8Array) => void
}

export interface AwarenessRelay {
  /** Lets a connection take part, and tells it who is there. */
  join: (participant: Participant) => void
  receive: (participant: Participant, update: Uint8Array) => void
  /** Says who is there once more. */
  answer: (participant: Participant) => void
  /** What it said is taken back. */
  leave: (participant: Participant) => void
  close: () => void
}

export interface AwarenessRelayDeps {
  /** Whom the journal has bound a clientID to; undefined when nobody has written under it. */
  ownerOf: (documentName: string, clientId: number) => string | undefined
  /** By person: how often they may change what they say. */
  rate: TokenBuckets
}

const COALESCE_MS = 50
const MAX_STATE_LENGTH = 2_000
const MAX_CLIENTS_PER_CONNECTION = 4
/** Clients repeat what they hear of others as well. */
const MAX_CLIENTS = 1_000
const MAX_UPDATE_BYTES = 1_048_576

interface Said extends AwarenessEntry {
  speaker: Participant
}

interface Room {
  participants: Set<Participant>
  said: Map<number, Said>
  /** Who spoke first for a clientID that nobody has written under; as long as somebody is here. */
  claims: Map<number, UserId>
  /** What the participants have to be told, by clientID. */
  news: Map<number, AwarenessEntry>
  timer: NodeJS.Timeout | undefined
}

export function createAwarenessRelay({ ownerOf, rate }: AwarenessRelayDeps): AwarenessRelay {
  const rooms = new Map<string, Room>()

  function tell(room: Room, entry: AwarenessEntry): void {
    room.news.set(entry.clientId, entry)
    room.timer ??= setTimeout(() => {
      room.timer = undefined
      const update = encodeAwareness([...room.news.values()])
      room.news.clear()
      for (const participant of room.participants) participant.send(update)
    }, COALESCE_MS)
    room.timer.unref()
  }

  function mayName(room: Room, { documentName, userId }: Participant, clientId: number): boolean {
    const owner = ownerOf(documentName, clientId) ?? room.claims.get(clientId) ?? userId
    return owner === userId
  }

  function isNews({ said }: Room, { clientId, clock, state }: AwarenessEntry): boolean {
    const known = said.get(clientId)
    if (known === undefined) return state !== null
    return clock > known.clock || (clock === known.clock && state === null)
  }

  function hasRoom(room: Room, speaker: Participant, { clientId, state }: AwarenessEntry): boolean {
    if (state === null || room.said.has(clientId)) return true
    const own = [...room.said.values()].filter((each) => each.speaker === speaker)
    return own.length < MAX_CLIENTS_PER_CONNECTION && room.claims.size < MAX_CLIENTS
  }

  function take(room: Room, speaker: Participant, entry: AwarenessEntry): void {
    const { clientId, clock, state } = entry
    if (state === null) {
      room.said.delete(clientId)
      tell(room, entry)
      return
    }
    if (JSON.stringify(state).length > MAX_STATE_LENGTH) return
    const stamped = { clientId, clock, state: { ...state, userId: speaker.userId } }
    room.claims.set(clientId, speaker.userId)
    room.said.set(clientId, { ...stamped, speaker })
    tell(room, stamped)
  }

  const answer: AwarenessRelay['answer'] = (participant) => {
    const said = rooms.get(participant.documentName)?.said.values()
    participant.send(encodeAwareness([...(said ?? [])]))
  }

  return {
    answer,
    join(participant) {
      const room: Room = rooms.get(participant.documentName) ?? {
        participants: new Set(),
        said: new Map(),
        claims: new Map(),
        news: new Map(),
        timer: undefined,
      }
      rooms.set(participant.documentName, room)
      room.participants.add(participant)
      if (room.said.size > 0) answer(participant)
    },
    receive(participant, update) {
      const room = rooms.get(participant.documentName)
      if (room?.participants.has(participant) !== true) return
      if (update.byteLength > MAX_UPDATE_BYTES) return
      const news = (decodeAwareness(update, MAX_CLIENTS) ?? []).filter(
        (entry) =>
          isNews(room, entry) &&
          mayName(room, participant, entry.clientId) &&
          hasRoom(room, participant, entry),
      )
      // What a client repeats of others is no news, and costs it nothing.
      if (news.length === 0 || !rate.take(participant.userId)) return
      for (const entry of news) {
        if (hasRoom(room, participant, entry)) take(room, participant, entry)
      }
    },
    leave(participant) {
      const room = rooms.get(participant.documentName)
      if (room?.participants.delete(participant) !== true) return
      for (const [clientId, { speaker, clock }] of room.said) {
        if (speaker !== participant) continue
        room.said.delete(clientId)
        tell(room, { clientId, clock, state: null })
      }
      if (room.participants.size > 0) return
      clearTimeout(room.timer)
      rooms.delete(participant.documentName)
    },
    close() {
      for (const { timer } of rooms.values()) clearTimeout(timer)
      rooms.clear()
    },
  }
}
