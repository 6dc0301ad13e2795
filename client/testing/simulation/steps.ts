/** What may happen in a history. A seed makes a list of steps, which fast-check can make shorter. */
import fc from 'fast-check'

const writes = [
  'send',
  'send',
  'send',
  'reply',
  'edit',
  'edit',
  'remove',
  'moderate',
  'react',
  'unreact',
  'pin',
  'unpin',
] as const
const networkFaults = [
  'cut',
  'cut-midway',
  'hold',
  'release',
  'go-offline',
  'fade-out',
  'go-online',
  'go-online',
] as const
const tabEvents = ['reload', 'crash-tab', 'open-tab', 'close-tab'] as const
const serverEvents = ['restart', 'crash-server'] as const
const rightChanges = [
  'leave',
  'return',
  'lower',
  'raise',
  'archive',
  'reopen',
  'sign-out',
  'sign-in',
] as const

export type Action =
  | (typeof writes)[number]
  | (typeof networkFaults)[number]
  | (typeof tabEvents)[number]
  | (typeof serverEvents)[number]
  | (typeof rightChanges)[number]
  | 'set-clock'

export interface Step {
  /** On which device, of those that there are. */
  where: number
  action: Action
  /** Chooses among what there is to choose from: a message, a tab, how long. */
  pick: number
  /** How long until the next step. */
  waitMs: number
}

const waitArbitrary = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.nat(80) },
  { weight: 2, arbitrary: fc.nat(4_000) },
)

export const stepsArbitrary: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    where: fc.nat(60),
    action: fc.oneof(
      { weight: 16, arbitrary: fc.constantFrom<Action[]>(...writes) },
      { weight: 6, arbitrary: fc.constantFrom<Action[]>(...networkFaults) },
      { weight: 3, arbitrary: fc.constantFrom<Action[]>(...tabEvents) },
      { weight: 1, arbitrary: fc.constantFrom<Action[]>(...serverEvents) },
      { weight: 3, arbitrary: fc.constantFrom<Action[]>(...rightChanges) },
      { weight: 1, arbitrary: fc.constant<Action>('set-clock') },
    ),
    pick: fc.nat(99),
    waitMs: waitArbitrary,
  }),
  { minLength: 10, maxLength: 70, size: 'max' },
)
