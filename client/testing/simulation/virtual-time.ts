/**
 * Time of simulated processes: it stands still while there is anything left to do, and then jumps
 * to the next timer, so that seconds of waiting cost nothing and a seed repeats what happened.
 * Import it before anything that keeps a timer function or a clock. Code outside of simulated
 * processes, like the test runner, keeps the real ones.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { webcrypto } from 'node:crypto'
import { createSeededRandom, type SeededRandom } from '../../../e2e/testing/seeded-random.ts'

/** A server or a tab: what runs in it has its own timers and events, and ends all at once. */
export interface SimulatedProcess {
  readonly isAlive: boolean
  /** The window that `addEventListener` listens to. */
  readonly events: EventTarget
  /** The parts of a browser's profile that its tabs share, by the name of the global. */
  readonly globals: Readonly<Record<string, unknown>>
  run: <Result>(act: () => Result) => Result
  /** No timer of it fires any more. */
  kill: () => void
}

export interface ProcessOptions {
  globals?: Readonly<Record<string, unknown>>
  /** A tab's database goes on by itself when the tab is gone: it ends what it has begun. */
  keepsImmediates?: boolean
}

export interface VirtualTime {
  now: () => number
  /** Starts over at this time (ms UTC) with these random numbers; forgets all timers. */
  reset: (start: number, seed: number) => void
  /** Runs whatever needs no time to pass. */
  settle: () => Promise<void>
  pass: (durationMs: number) => Promise<void>
  /** Lets time pass until a condition holds; false when it does not hold after so long. */
  until: (condition: () => boolean, limitMs: number) => Promise<boolean>
  /** Lets time pass until this is settled. */
  finish: <Value>(work: Promise<Value>) => Promise<Value>
}

interface Timer {
  at: number
  order: number
  everyMs: number | undefined
  act: () => void
  owner: OwnProcess
}

interface OwnProcess extends SimulatedProcess {
  isAlive: boolean
  keepsImmediates: boolean
}

const current = new AsyncLocalStorage<OwnProcess>()
const real = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }
const RealDate = Date
const realNow = Date.now.bind(Date)
const realMathRandom = Math.random.bind(Math)
const realRandomValues = webcrypto.getRandomValues.bind(webcrypto)

/** So many turns of the event loop without anything to do: sockets and promises had theirs. */
const QUIET_TURNS = 2
const A_WHILE_MS = 100

let virtualNow = 0
let nextOrder = 0
let random: SeededRandom = createSeededRandom(0)
let timers: Timer[] = []
const immediates = new Set<object>()
const processes = new Set<SimulatedProcess>()

export function createProcess(options: ProcessOptions = {}): SimulatedProcess {
  const { globals = {}, keepsImmediates = false } = options
  const made: OwnProcess = {
    isAlive: true,
    events: new EventTarget(),
    globals,
    keepsImmediates,
    run: (act) => current.run(made, act),
    kill() {
      made.isAlive = false
      processes.delete(made)
      timers = timers.filter(({ owner }) => owner !== made)
    },
  }
  processes.add(made)
  return made
}

/** The process whose code runs now; undefined outside of all. */
export function currentProcess(): SimulatedProcess | undefined {
  return current.getStore()
}

function addTimer(timer: Timer): void {
  let index = timers.length
  while (index > 0 && (timers[index - 1]?.at ?? 0) > timer.at) index -= 1
  timers.splice(index, 0, timer)
}

function start(owner: OwnProcess, act: () => void, delayMs: number, repeats: boolean): object {
  const delay = Math.max(1, Number.isFinite(delayMs) ? delayMs : 1)
  const everyMs = repeats ? delay : undefined
  nextOrder += 1
  const timer: Timer = { at: virtualNow + delay, order: nextOrder, everyMs, act, owner }
  if (owner.isAlive) addTimer(timer)
  return Object.assign(timer, {
    ref: () => timer,
    unref: () => timer,
    hasRef: () => true,
    refresh() {
      stop(timer)
      timer.at = virtualNow + delay
      addTimer(timer)
      return timer
    },
    [Symbol.toPrimitive]: () => timer.order,
  })
}

function stop(handle: unknown): void {
  timers = timers.filter((timer) => timer !== handle && timer.order !== handle)
}

type Act<Result = void> = (...args: unknown[]) => Result

function install(): void {
  const starter =
    (realStart: Act, repeats: boolean) =>
    (act: Act, delayMs = 0, ...args: unknown[]): unknown => {
      const owner = current.getStore()
      if (owner === undefined) return Reflect.apply(realStart, globalThis, [act, delayMs, ...args])
      return start(owner, () => act(...args), delayMs, repeats)
    }
  const stopper =
    (realStop: Act) =>
    (handle: unknown): void => {
      stop(handle)
      if (!timersEverMade(handle)) Reflect.apply(realStop, globalThis, [handle])
    }
  const setVirtualImmediate = (act: Act, ...args: unknown[]): unknown => {
    const owner = current.getStore()
    if (owner === undefined) return real.setImmediate(act, ...args)
    const handle = real.setImmediate(() => {
      immediates.delete(handle)
      if (owner.isAlive || owner.keepsImmediates) act(...args)
    })
    immediates.add(handle)
    return handle
  }
  const clearVirtualImmediate = (handle: NodeJS.Immediate | undefined): void => {
    if (handle !== undefined) immediates.delete(handle)
    real.clearImmediate(handle)
  }
  const isVirtual = (): boolean => current.getStore() !== undefined
  const now = (): number => (isVirtual() ? virtualNow : realNow())
  const VirtualDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  })
  Object.assign(globalThis, {
    setTimeout: starter(real.setTimeout as Act, false), // called with its own arguments alone
    setInterval: starter(real.setInterval as Act, true), // called with its own arguments alone
    clearTimeout: stopper(real.clearTimeout as Act), // called with a handle alone
    clearInterval: stopper(real.clearInterval as Act), // called with a handle alone
    setImmediate: setVirtualImmediate,
    clearImmediate: clearVirtualImmediate,
    Date: VirtualDate,
    addEventListener: (...args: Parameters<EventTarget['addEventListener']>) =>
      current.getStore()?.events.addEventListener(...args),
    removeEventListener: (...args: Parameters<EventTarget['removeEventListener']>) =>
      current.getStore()?.events.removeEventListener(...args),
  })
  for (const name of ['digest', 'importKey', 'sign', 'verify'] as const) {
    const original = webcrypto.subtle[name].bind(webcrypto.subtle) as Act<Promise<unknown>> // passed on what it was called with
    Object.defineProperty(webcrypto.subtle, name, {
      value: (...args: unknown[]) => waitFor(original(...args)),
    })
  }
  Math.random = () => (isVirtual() ? random.below(2 ** 32) / 2 ** 32 : realMathRandom())
  Object.assign(webcrypto, {
    getRandomValues(view: Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): typeof view {
      if (!isVirtual()) return realRandomValues(view)
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
      for (const index of bytes.keys()) bytes[index] = random.below(256)
      return view
    },
  })
}

/** Other threads do this: time stands still until they are done. */
function waitFor<Value>(work: Promise<Value>): Promise<Value> {
  if (current.getStore() === undefined) return work
  const mark = {}
  immediates.add(mark)
  return work.finally(() => immediates.delete(mark))
}

function timersEverMade(handle: unknown): boolean {
  return typeof handle === 'object' && handle !== null && 'everyMs' in handle
}

/** Makes a global be what the current process has under its name. */
export function shareByProcess(name: string): void {
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get: () => current.getStore()?.globals[name],
  })
}

const turn = (): Promise<void> => new Promise((resolve) => void real.setImmediate(resolve))

async function settle(): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS;) {
    await turn()
    quiet = immediates.size === 0 ? quiet + 1 : 0
  }
}

/** Fires all timers of the next moment that has one, if it comes before `end`. */
function fireNext(end: number): boolean {
  const at = timers[0]?.at
  if (at === undefined || at > end) return false
  virtualNow = Math.max(virtualNow, at)
  while ((timers[0]?.at ?? Infinity) <= virtualNow) {
    const timer = timers.shift()
    if (timer === undefined) break
    if (timer.everyMs !== undefined)
      addTimer(Object.assign(timer, { at: virtualNow + timer.everyMs }))
    if (timer.owner.isAlive) timer.owner.run(timer.act)
  }
  return true
}

async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  const end = virtualNow + limitMs
  await settle()
  while (!condition()) {
    if (!fireNext(end)) {
      virtualNow = end
      return false
    }
    await settle()
  }
  return true
}

install()

export const virtualTime: VirtualTime = {
  now: () => virtualNow,
  reset(begin, seed) {
    for (const each of processes) each.kill()
    processes.clear()
    timers = []
    nextOrder = 0
    virtualNow = begin
    random = createSeededRandom(seed)
  },
  settle,
  pass: async (durationMs) => void (await until(() => false, durationMs)),
  until,
  async finish(work) {
    let isSettled = false
    const done = work.finally(() => (isSettled = true))
    done.catch(() => undefined)
    let end = virtualNow
    await settle()
    while (!isSettled) {
      if (!fireNext(end)) {
        end += A_WHILE_MS
        // What waits for another thread, as the hash of a password does, needs real time.
        if (end > virtualNow + A_WHILE_MS)
          await new Promise((done) => void real.setTimeout(done, 1))
      }
      await settle()
    }
    return done
  },
}
