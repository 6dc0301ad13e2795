import { expect, test } from 'vitest'
import { summariseProfile } from './summarise-profile.ts'

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
})

test('counts time for the step whose code is nearest, and for the function itself', () => {
  const root = 'file:///somewhere/server/journal/admission.ts'
  const profile = {
    nodes: [
      node(1, '(root)', '', [2, 8, 9]),
      node(2, 'runBatch', root, [3, 5]),
      node(3, 'decide', root, [4]),
      node(4, 'guardUpdate', 'file:///somewhere/shared/guard/guard-update.ts', [10]),
      node(5, 'commit', root, [6]),
      node(6, 'sqliteTransaction', 'file:///node_modules/better-sqlite3/transaction.js', [7]),
      node(7, '', '', [11]),
      node(8, '(garbage collector)', ''),
      node(9, '(idle)', ''),
      node(10, 'readVarUint', 'file:///node_modules/lib0/decoding.js'),
      node(11, '', 'file:///somewhere/server/projection/project-message.ts'),
    ],
    samples: [10, 4, 7, 11, 8, 9, 3],
    timeDeltas: [1_000, 2_000, 30_000, 4_000, 5_000, 60_000, 7_000],
  }
  const { steps, functions } = summariseProfile(profile)
  expect(steps).toEqual([
    { what: 'commit', ms: 30 },
    { what: 'batches', ms: 7 },
    { what: 'garbage collection', ms: 5 },
    { what: 'projection', ms: 4 },
    { what: 'guard', ms: 3 },
  ])
  expect(functions[0]).toEqual({ what: 'native code, such as SQLite', ms: 30 })
  expect(functions).toContainEqual({ what: 'readVarUint lib0/decoding.js', ms: 1 })
  expect(functions).toContainEqual({ what: 'anonymous projection/project-message.ts', ms: 4 })
})
