/**
 * What one document may hold after a crash. Each record has the values that were written to it, in
 * order: the last acknowledged one must be there, or one written after it; never anything else.
 */
import { isDeepStrictEqual } from 'node:util'
import type * as Y from 'yjs'
import { rootMap, rootNames, type RootName } from '../../shared/document/layout.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'

/** A record's root and key as one string. */
export type RecordPlace = `${RootName}/${string}`

/** Tells whether a value found is the one that was written; undefined stands for no record. */
type Matches = (found: unknown) => boolean

interface Candidate {
  matches: Matches
  isAcknowledged: boolean
}

export interface PendingWrite {
  places: readonly RecordPlace[]
  isAcknowledged: () => boolean
  acknowledge: () => void
}

export interface ExpectedRecords {
  /** Notes an update that is about to be sent; all its edits are acknowledged together. */
  write: (edits: readonly RecordEdit[]) => PendingWrite
  /** The same for a record of which the server chooses a part. */
  writeMatching: (place: RecordPlace, matches: Matches) => PendingWrite
  /** Notes a record that somebody else was shown: the server shows nothing that is not on disk. */
  seen: (place: RecordPlace, value: unknown) => void
  /** Records with writes that nobody has acknowledged. */
  unsettled: () => RecordPlace[]
  /** Compares with what a fresh reader found, names each fault, and goes on from what is there. */
  settle: (found: ReadonlyMap<RecordPlace, unknown>) => string[]
}

const isAbsent: Matches = (found) => found === undefined

/** The place of a record in a document. */
export function placeOf({ root, key }: Pick<RecordEdit, 'root' | 'key'>): RecordPlace {
  return `${root}/${key}`
}

/** All records of a document by their places. */
export function recordsOf(document: Y.Doc): Map<RecordPlace, unknown> {
  return new Map(
    rootNames.flatMap((root) =>
      [...rootMap(document, root)].map(([key, value]) => [placeOf({ root, key }), value] as const),
    ),
  )
}

/** Nothing is expected at first. */
export function createExpectedRecords(): ExpectedRecords {
  const candidates = new Map<RecordPlace, Candidate[]>()

  function add(place: RecordPlace, matches: Matches): readonly [RecordPlace, Candidate] {
    const candidate = { matches, isAcknowledged: false }
    const known = candidates.get(place) ?? [{ matches: isAbsent, isAcknowledged: true }]
    candidates.set(place, [...known, candidate])
    return [place, candidate]
  }

  function pending(added: readonly (readonly [RecordPlace, Candidate])[]): PendingWrite {
    let isAcknowledged = false
    return {
      places: added.map(([place]) => place),
      isAcknowledged: () => isAcknowledged,
      acknowledge() {
        isAcknowledged = true
        for (const [, candidate] of added) candidate.isAcknowledged = true
      },
    }
  }

  function possible(place: RecordPlace): Candidate[] {
    const all = candidates.get(place) ?? []
    return all.slice(all.findLastIndex(({ isAcknowledged }) => isAcknowledged))
  }

  function settleOne(place: RecordPlace, value: unknown): string | undefined {
    const known = possible(place)
    if (known.length === 0) return `${place}: nobody wrote ${JSON.stringify(value)}`
    const found = known.findLast(({ matches }) => matches(value))
    if (found === undefined) return `${place}: an acknowledged write is lost, found ${show(value)}`
    candidates.set(place, [
      { matches: (again) => isDeepStrictEqual(again, value), isAcknowledged: true },
    ])
    return undefined
  }

  return {
    write: (edits) =>
      pending(
        edits.map((edit) => add(placeOf(edit), (found) => isDeepStrictEqual(found, edit.value))),
      ),
    writeMatching: (place, matches) => pending([add(place, matches)]),
    seen(place, value) {
      const shown = possible(place).find(({ matches }) => matches(value))
      if (shown !== undefined) shown.isAcknowledged = true
    },
    unsettled: () => [...candidates.keys()].filter((place) => possible(place).length > 1),
    settle(found) {
      const places = new Set([...candidates.keys(), ...found.keys()])
      return [...places].flatMap((place) => settleOne(place, found.get(place)) ?? [])
    },
  }
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
