import { afterEach, expect, test, vi } from 'vitest'
import { isSparing } from './is-sparing.ts'

afterEach(() => void vi.unstubAllGlobals())

test.for([
  { visibilityState: 'visible', isWatched: false, isSpared: false },
  { visibilityState: 'hidden', isWatched: false, isSpared: true },
  // Another tab, which works through this one, is in sight.
  { visibilityState: 'hidden', isWatched: true, isSpared: false },
])(
  'a page that is $visibilityState (watched elsewhere: $isWatched) spares: $isSpared',
  ({ visibilityState, isWatched, isSpared }) => {
    vi.stubGlobal('document', { visibilityState })
    expect(isSparing(isWatched)).toBe(isSpared)
  },
)

test('a page whose person saves data spares, whoever looks at it', () => {
  vi.stubGlobal('navigator', { connection: { saveData: true } })
  vi.stubGlobal('document', { visibilityState: 'visible' })
  expect(isSparing(true)).toBe(true)
})
