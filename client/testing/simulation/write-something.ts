/** What people do in a conversation in a history, and the account of what must come of it. */
import type { MessageId, UserId } from '../../../shared/ids.ts'
import { isTombstone } from '../../../shared/records/message.ts'
import type { SimulatedDevice, SimulatedTab } from './simulated-tab.ts'
import type { Step } from './steps.ts'

/** What was written by whom, for the end. */
export interface Account {
  /** Must stand there once in the end. */
  written: Map<MessageId, UserId>
  /** Of those, the ones that somebody tried to delete: a tombstone will do. */
  removed: Set<MessageId>
  /** Was not on the disk of any browser when its tab died: may be gone. */
  perhapsLost: Set<MessageId>
  /** Was shown as sent to its author. */
  acknowledged: Set<MessageId>
}

export function createAccount(): Account {
  return {
    written: new Map(),
    removed: new Set(),
    perhapsLost: new Set(),
    acknowledged: new Set(),
  }
}

export function writeSomething(
  account: Account,
  { person: { userId } }: SimulatedDevice,
  { handle, fresh }: SimulatedTab,
  { action, pick }: Step,
): void {
  const live = handle.snapshot().messages.filter(({ record }) => !isTombstone(record))
  const target = live.at(pick % Math.max(live.length, 1))
  const mine = live.filter(({ record }) => record.authorId === userId)
  const own = mine.at(pick % Math.max(mine.length, 1))
  const note = (id: MessageId): void => {
    account.written.set(id, userId)
    fresh.add(id)
  }
  const remove = (id: MessageId): void => {
    account.removed.add(id)
    handle.remove(id)
  }
  if (action === 'send') note(handle.send({ content: `message ${pick}` }))
  if (target !== undefined) {
    if (action === 'reply') note(handle.send({ content: `reply ${pick}`, parentId: target.id }))
    if (action === 'moderate') remove(target.id)
    if (action === 'react') handle.setReaction(target.id, '👍', true)
    if (action === 'unreact') handle.setReaction(target.id, '👍', false)
    if (action === 'pin') handle.setPinned(target.id, true)
    if (action === 'unpin') handle.setPinned(target.id, false)
  }
  if (own !== undefined) {
    if (action === 'edit') handle.edit(own.id, `edited ${pick}`)
    if (action === 'remove') remove(own.id)
  }
}

/** Takes note of what a tab shows as sent. */
export function noteAcknowledged(
  account: Account,
  { person: { userId } }: SimulatedDevice,
  { handle }: SimulatedTab,
): void {
  for (const { id, record, delivery } of handle.snapshot().messages) {
    const isOwn = record.authorId === userId && account.written.has(id)
    if (isOwn && delivery.state === 'sent') account.acknowledged.add(id)
  }
}
