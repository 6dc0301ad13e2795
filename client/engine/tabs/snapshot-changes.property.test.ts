import fc from 'fast-check'
import { expect, test } from 'vitest'
import { messageIdSchema, userIdSchema } from '../../../shared/ids.ts'
import type { ConversationSnapshot, MessageView, ThreadSnapshot } from '../engine-interface.ts'
import { continueSnapshot, hasCaughtUp } from './continue-snapshot.ts'
import { applyChanges, findChanges } from './snapshot-changes.ts'

const authorId = userIdSchema.parse('01890000-0000-7000-8000-000000000000')

function viewOf(index: number): MessageView {
  const id = messageIdSchema.parse(
    `01890000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`,
  )
  const record = {
    authorId,
    content: `${index}`,
    type: 'TEXT',
    createdAt: 1_000 + index,
    version: 1,
  } as const
  return {
    id,
    record,
    delivery: { state: 'sent' },
    reactions: [],
    isPinned: false,
    replyCount: 0,
  }
}

function snapshotOf(
  messages: readonly MessageView[],
  fields: Partial<ConversationSnapshot> = {},
): ConversationSnapshot {
  return {
    phase: 'ready',
    denial: undefined,
    messages,
    undelivered: [],
    typing: [],
    older: 'none',
    newer: 'none',
    thread: undefined,
    ...fields,
  }
}

const all = Array.from({ length: 12 }, (_each, index) => viewOf(index))
const furthers = ['none', 'more', 'loading', 'missing'] as const
const viewsArbitrary = fc.shuffledSubarray(all)
const sortedArbitrary = fc.subarray(all)
/** The same messages, some of them as new objects, as a change of theirs makes them. */
const changedArbitrary = fc
  .tuple(viewsArbitrary, fc.func(fc.boolean()))
  .map(([views, isNew]) => views.map((view) => (isNew(view.id) ? { ...view } : view)))

test('P6 changes, applied to the list before, give the list after, with nothing sent twice', () => {
  const threadOf = (messages: readonly MessageView[]): ThreadSnapshot => ({
    id: viewOf(0).id,
    state: 'here',
    messages,
  })
  fc.assert(
    fc.property(viewsArbitrary, changedArbitrary, (views, changed) => {
      const before = snapshotOf(views, { thread: threadOf(views) })
      const after = snapshotOf(changed, { typing: [authorId], thread: threadOf(changed) })
      const changes = findChanges(before, after)
      const applied = applyChanges(before, changes)
      expect(applied).toEqual(after)
      // What was there already is not sent, and stays the object that it was.
      const stretches = [...changes.stretches, ...(changes.thread?.stretches ?? [])]
      const sent = stretches.flatMap((each) => ('views' in each ? each.views : []))
      const known = new Set(views)
      expect(sent.every((view) => !known.has(view))).toBe(true)
      for (const [index, view] of changed.entries()) {
        expect(applied.messages[index]).toBe(view)
        expect(applied.thread?.messages[index]).toBe(view)
      }
    }),
    { numRuns: 500 },
  )
})

test('one message more in a long list is sent alone', () => {
  const before = Array.from({ length: 1_000 }, (_each, index) => viewOf(index))
  const added = viewOf(1_000)
  const { stretches } = findChanges(snapshotOf(before), snapshotOf([...before, added]))
  expect(stretches).toEqual([{ from: 0, count: 1_000 }, { views: [added] }])
})

test('P6 what was on the screen stays until the next engine shows as much, and then that is all', () => {
  fc.assert(
    fc.property(
      sortedArbitrary,
      sortedArbitrary,
      fc.constantFrom('loading', 'empty-copy', 'ready'),
      fc.constantFrom(...furthers),
      (before, after, phase, older) => {
        const shown = snapshotOf(before)
        const next = snapshotOf(after, { phase, older })
        const continued = hasCaughtUp(shown, next) ? next : continueSnapshot(shown, next)
        const ids = continued.messages.map(({ id }) => id)
        expect(ids).toEqual([...new Set(ids)].toSorted())
        for (const view of after) expect(continued.messages).toContain(view)
        if (before.length > 0) expect(continued.phase).toBe('ready')
        // While older ones are on their way, no message before the new ones goes away.
        const first = after[0]?.id ?? '~'
        if (phase === 'ready' && older === 'none') expect(continued).toBe(next)
        else {
          for (const view of before) {
            if (phase !== 'ready' || view.id < first) expect(ids).toContain(view.id)
          }
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('P6 a window away from the newest messages is never joined to them', () => {
  fc.assert(
    fc.property(
      sortedArbitrary,
      sortedArbitrary,
      fc.constantFrom('loading', 'empty-copy', 'preview', 'ready'),
      fc.constantFrom(...furthers),
      fc.constantFrom(...furthers),
      (before, after, phase, older, newer) => {
        const shown = snapshotOf(before, { older: 'more', newer: 'more' })
        const next = snapshotOf(after, { phase, older, newer })
        const continued = hasCaughtUp(shown, next) ? next : continueSnapshot(shown, next)
        const ids = continued.messages.map(({ id }) => id)
        if (continued === next) {
          // It goes from where the window began to where it ended, and may go on beyond.
          if (before.length === 0 || older === 'none' || newer === 'none') return
          expect((ids.at(0) ?? '~') <= (before.at(0)?.id ?? '')).toBe(true)
          expect((ids.at(-1) ?? '') >= (before.at(-1)?.id ?? '')).toBe(true)
        } else {
          expect(ids).toEqual(before.map(({ id }) => id))
          expect(continued).toMatchObject({ phase: 'ready', older: 'more', newer: 'more' })
        }
      },
    ),
    { numRuns: 500 },
  )
})
