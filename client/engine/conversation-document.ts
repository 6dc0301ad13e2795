/**
 * One conversation in this browser: its document and local copy, its link to the server, and what
 * waits for delivery. After a refusal the document is replaced by a fresh one from the server,
 * since Yjs makes every later change of the same clientID depend on the refused one.
 */
import type { HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import * as Y from 'yjs'
import type { UserId } from '../../shared/ids.ts'
import type { Refusal } from '../../shared/sync/refusal.ts'
import { createAccessPatience } from './access-patience.ts'
import { createCallOnce } from './call-once.ts'
import { createDeliveryQueue } from './delivery-queue.ts'
import type { ConversationDocument } from './document-interface.ts'
import { openDocumentLink, type DocumentLink } from './document-link.ts'
import type { SegmentSnapshot } from './engine-interface.ts'
import type { HybridClock } from './hybrid-clock.ts'
import { openLocalCopy } from './local-copy.ts'
import { createMessageViews } from './message-views.ts'
import { createObservable } from './observable-value.ts'
import type { Outbox } from './outbox.ts'
import { ownRecordsMissing } from './own-records.ts'
import { MAX_RENEWALS, treatmentOf } from './refusal-treatment.ts'
import { createRetryDelay } from './retry-delay.ts'
import { watchSegment, type SegmentEvents } from './segment-events.ts'
import type { StorageMonitor } from './storage/storage-monitor.ts'

export interface ConversationDocumentDeps {
  name: string
  userId: UserId
  databaseName: string
  socket: HocuspocusProviderWebsocket
  outbox: Outbox
  clock: HybridClock
  newId: () => string
  monitor: StorageMonitor
  /** The server no longer knows who this is. */
  onSignInNeeded: () => void
  /** The server thinks that the clock of this device is ahead: it may have been set meanwhile. */
  onClockRefused: () => void
  onSyncChange: () => void
  segment: SegmentEvents
}

export function createConversationDocument(deps: ConversationDocumentDeps): ConversationDocument {
  const { name, userId, databaseName, socket } = deps
  let document = new Y.Doc()
  let link: DocumentLink | undefined
  let fresh: Y.Doc | undefined
  let phase: SegmentSnapshot['phase'] = 'loading'
  let denial: Refusal | undefined
  let typing: readonly UserId[] = []
  let isSynced = false
  let wasSynced = false
  let isClosed = false
  let isCopied = false
  let mustPutBackOwn = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const copy = openLocalCopy({
    databaseName,
    document,
    monitor: deps.monitor,
    canReadLate: () => !wasSynced && fresh === undefined,
  })
  const retryDelay = createRetryDelay()
  const patience = createAccessPatience()
  const { call: publish, together } = createCallOnce(publishNow)
  const views = createMessageViews(userId, publish)
  const state = createObservable<SegmentSnapshot>({
    phase,
    denial,
    messages: [],
    undelivered: [],
    typing,
  })
  const queue = createDeliveryQueue({
    documentName: name,
    outbox: deps.outbox,
    clock: deps.clock,
    newId: deps.newId,
    // What changes a stand-in waits until what it changes is there.
    target: () =>
      phase === 'ready' && fresh === undefined && !isClosed && !views.hasStandIns()
        ? document
        : undefined,
    outdated: () => (phase === 'denied' || fresh !== undefined ? document : undefined),
    // A new session begins with what the server has on disk.
    onFound: () => reconnect(),
    onChange: (entries) => views.setEntries(entries),
  })

  function publishNow(): void {
    if (isClosed) return
    state.set({
      phase: shownPhase(),
      denial,
      messages: views.messages(),
      undelivered: views.undelivered(),
      typing,
    })
  }

  function shownPhase(): SegmentSnapshot['phase'] {
    if (phase !== 'ready' || isSynced) return phase
    if (views.hasStandIns()) return 'preview'
    // A segment that nobody has written to yet holds its place in the chain: that is a copy, too.
    return document.store.clients.size === 0 ? 'empty-copy' : 'ready'
  }

  function setSynced(next: boolean): void {
    isSynced = next
    publish()
    deps.onSyncChange()
  }

  async function start(): Promise<void> {
    const [stored] = await Promise.all([copy.loaded, queue.load()])
    if (isClosed) return
    if (stored === 'empty' || stored === 'damaged') deps.segment.onCopyLost()
    phase = 'ready'
    isCopied = document.store.clients.size > 0
    show(document)
    // Not before: a copy that is ready, and shows nothing yet, would pass for an empty segment.
    if (isCopied) views.setStandIns([])
    // What was refused may still stand in the copy on disk, under a clientID that is lost.
    if (queue.hasRefused() || stored === 'damaged') renew()
    else open(document)
    publish()
  }

  function show(shown: Y.Doc): void {
    views.attach(shown)
    watchSegment(shown, deps.segment)
  }

  function open(target: Y.Doc): void {
    if (isClosed) return
    clearTimeout(timer)
    link?.destroy()
    if (isSynced) setSynced(false)
    link = openDocumentLink({
      name,
      document: target,
      socket,
      awareness: null,
      events: {
        onSynced: () => onSynced(target),
        onDurable(clientId, clock) {
          together(() => (queue.settle(clientId, clock) ? retryDelay.reset() : undefined))
        },
        onRefused,
        onMessage(message) {
          if (message.type === 'segments')
            deps.segment.onSegmentsChanged(message.changed, message.seq)
          if (message.type !== 'typing') return
          typing = message.userIds.filter((each) => each !== userId)
          publish()
        },
        onDisconnected() {
          typing = []
          setSynced(false)
        },
      },
    })
  }

  function onSynced(target: Y.Doc): void {
    patience.reset()
    denial = undefined
    phase = 'ready'
    wasSynced = true
    if (target === fresh) adopt(target)
    views.setStandIns([])
    queue.deliverNext()
    const question = deps.segment.question()
    if (question !== undefined) link?.send(question)
    setSynced(true)
  }

  /** The fresh document has arrived: it takes the place of the one before. */
  function adopt(target: Y.Doc): void {
    const previous = document
    document = target
    fresh = undefined
    queue.forgetPlaces()
    show(target)
    copy.follow(target)
    if (mustPutBackOwn) {
      mustPutBackOwn = false
      ownRecordsMissing({ previous, restored: target, userId }).forEach(queue.write)
    }
    previous.destroy()
  }

  function renew(): void {
    link?.destroy()
    fresh?.destroy()
    fresh = new Y.Doc()
    open(fresh)
  }

  function onRefused(refusal: Refusal): void {
    link?.destroy()
    link = undefined
    const treatment = treatmentOf(refusal.code)
    switch (treatment) {
      case 'sign-in':
        deps.onSignInNeeded()
        break
      case 'access':
        onAccessDenied(refusal)
        break
      case 'final':
        queue.setAside(refusal)
        later(0, renew)
        break
      case 'renew':
        if (refusal.code === 'too_far_in_future') deps.onClockRefused()
        if (queue.countRefusals(refusal) >= MAX_RENEWALS) {
          queue.setAside(refusal)
          retryDelay.reset()
        }
        later(retryDelay.next(), renew)
        break
      case 'reopen':
        later(retryDelay.next(), () => open(fresh ?? document))
        break
    }
    setSynced(false)
  }

  function onAccessDenied(refusal: Refusal): void {
    const delayMs = patience.next(refusal)
    if (delayMs !== undefined) {
      later(delayMs, () => open(fresh ?? document))
      return
    }
    queue.refuseAll(refusal)
    // A refusal that names a record is about writing; reading goes on.
    if (refusal.key !== undefined) {
      later(0, renew)
      return
    }
    denial = refusal
    phase = 'denied'
    views.setStandIns([])
  }

  function later(delayMs: number, act: () => void): void {
    clearTimeout(timer)
    timer = setTimeout(() => (isClosed ? undefined : act()), delayMs)
  }

  function reconnect(): void {
    if (phase === 'loading') return
    patience.reset()
    // What was refused still stands in the document of somebody who was not let in.
    if (phase === 'denied' || fresh !== undefined) renew()
    else open(document)
  }

  void start()

  return {
    state,
    isSynced: () => isSynced,
    isDenied: () => phase === 'denied',
    newest: () => views.newest(),
    find: (messageId) => views.find(messageId),
    standIn(rows) {
      if (!isSynced && !isCopied && phase !== 'denied') views.setStandIns(rows)
    },
    write(entry) {
      if (denial !== undefined) queue.writeRefused(entry, denial)
      else together(() => queue.write(entry))
    },
    retry(outboxId) {
      if (!queue.retry(outboxId)) return
      if (isSynced) queue.deliverNext()
      else reconnect()
    },
    discard: (outboxId) => queue.discard(outboxId),
    sendTyping: (isTyping) => link?.send({ type: 'typing', isTyping }),
    reconnect,
    restore() {
      mustPutBackOwn = true
      if (phase !== 'loading') renew()
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      queue.stop()
      link?.destroy()
      views.detach()
      fresh?.destroy()
      await copy.close()
      document.destroy()
    },
  }
}
