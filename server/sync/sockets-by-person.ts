/** Counts the sockets of each person, so that nobody can hold more than their share. */
import type { UserId } from '../../shared/ids.ts'
import type { SyncSocket } from './sync-session.ts'

export interface SocketsByPerson {
  /** Notes one more document of a person on a socket; false when it would be a socket too many. */
  enter: (userId: UserId, socket: SyncSocket, limit: number) => boolean
  leave: (userId: UserId, socket: SyncSocket) => void
}

/** Makes an empty count. */
export function createSocketsByPerson(): SocketsByPerson {
  const documentsBySocket = new Map<UserId, Map<SyncSocket, number>>()
  return {
    enter(userId, socket, limit) {
      const counts = documentsBySocket.get(userId) ?? new Map<SyncSocket, number>()
      const count = counts.get(socket) ?? 0
      if (count === 0 && counts.size >= limit) return false
      counts.set(socket, count + 1)
      documentsBySocket.set(userId, counts)
      return true
    },
    leave(userId, socket) {
      const counts = documentsBySocket.get(userId)
      const count = counts?.get(socket) ?? 0
      if (count > 1) counts?.set(socket, count - 1)
      else counts?.delete(socket)
      if (counts?.size === 0) documentsBySocket.delete(userId)
    },
  }
}
