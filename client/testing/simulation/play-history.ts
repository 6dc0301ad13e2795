/**
 * Plays the steps of a history: five people on six devices with wrong clocks, some with two tabs,
 * on a network that fails, with a server that restarts and crashes, and rights that come and go.
 * Then everything is made good, and all must end equal.
 */
import { createSeededRandom } from '../../../e2e/testing/seeded-random.ts'
import { channelSchema } from '../../../shared/api/channels.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import { BEGINNING, type Cast } from './cast.ts'
import { createDevice } from './devices.ts'
import { checkEnd } from './end-checks.ts'
import { createMemoryNetwork, type MemoryNetwork } from './memory-network.ts'
import { sendRequest, startSimulatedServer, type SimulatedServer } from './simulated-server.ts'
import {
  openTab,
  type Participant,
  type SimulatedDevice,
  type SimulatedTab,
} from './simulated-tab.ts'
import type { Step } from './steps.ts'
import { virtualTime } from './virtual-time.ts'
import { createAccount, noteAcknowledged, writeSomething, type Account } from './write-something.ts'

export interface History {
  seed: number
  steps: readonly Step[]
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Whose devices there are, in the order of the cast, and how wrong their clocks are at first. */
const DEVICES = [
  { owner: 0, skewMs: 0 },
  { owner: 1, skewMs: 120 * MINUTE_MS },
  { owner: 2, skewMs: -3 * DAY_MS },
  { owner: 3, skewMs: 0 },
  { owner: 4, skewMs: 366 * DAY_MS },
  { owner: 1, skewMs: -6 * MINUTE_MS },
]
const SKEWS_MS = [0, 90_000, -90_000, 6 * MINUTE_MS, -6 * MINUTE_MS, DAY_MS, -3 * 365 * DAY_MS]
export const CAST_SIZE = 5
/** The first owns the channel and stays in it; each of these loses another right. */
const MODERATOR = 2
const REMOVABLE = 3
const SIGNED_OUT = 4
const MAX_TABS = 2

export interface Stage {
  network: MemoryNetwork
  server: SimulatedServer
  conversation: Conversation
  people: Participant[]
  devices: SimulatedDevice[]
  account: Account
  /** Sends a request of one of the people. */
  request: (who: number, method: string, path: string, body?: unknown) => Promise<void>
}

export async function playHistory(cast: Cast, { seed, steps }: History): Promise<void> {
  virtualTime.reset(BEGINNING, seed)
  const network = createMemoryNetwork(createSeededRandom(seed))
  const server = await startSimulatedServer(network, cast.folder)
  try {
    const stage = await setStage(cast, network, server)
    for (const step of steps) await play(stage, cast, step)
    await makeGood(stage, cast)
    await checkEnd(stage)
  } finally {
    await server.close()
  }
}

async function setStage(
  cast: Cast,
  network: MemoryNetwork,
  server: SimulatedServer,
): Promise<Stage> {
  const people = cast.people.map(({ userId, cookies }, index): Participant => {
    return { name: `Person${index}`, userId, cookie: cookies[0] ?? '', isSignedOut: false }
  })
  const send: typeof sendRequest = async (...args) => {
    const answer = await sendRequest(...args)
    const isExpected = answer.status < 300 || answer.status === 404 || answer.status === 409
    if (!isExpected) throw new Error(`${args[1].method} ${args[1].path}: ${answer.body}`)
    return answer
  }
  const request: Stage['request'] = async (who, method, path, body) => {
    const cookie = people[who]?.cookie ?? ''
    await send(network, { method, path, cookie, ...(body === undefined ? {} : { body }) })
  }
  const channel = channelSchema.parse(
    JSON.parse(
      (
        await send(network, {
          method: 'POST',
          path: '/api/channels',
          cookie: people[0]?.cookie ?? '',
          body: { name: 'Simulated', slug: 'simulated' },
        })
      ).body,
    ),
  )
  const conversation: Conversation = { kind: 'channel', id: channel.id }
  const members = membersOf(conversation)
  for (const { userId } of people.slice(1)) await request(0, 'POST', members, { userId })
  await request(0, 'PATCH', `${members}/${people[MODERATOR]?.userId}`, { role: 'ADMIN' })
  const devices = DEVICES.flatMap(({ owner, skewMs }): SimulatedDevice[] => {
    const person = people[owner]
    if (person === undefined) return []
    const device = createDevice()
    const still = { isOnline: true, connections: new Set<never>(), tabs: [] }
    return [{ person, device, skewMs, ...still }]
  })
  for (const device of devices) device.tabs.push(await openTab(network, device, conversation))
  return { network, server, conversation, people, devices, account: createAccount(), request }
}

const membersOf = ({ id }: Conversation): string => `/api/channels/${id}/members`

async function play(stage: Stage, cast: Cast, step: Step): Promise<void> {
  const { devices, account } = stage
  const device = devices[step.where % devices.length]
  const tab = device?.tabs[step.pick % (device.tabs.length || 1)]
  if (device === undefined || tab === undefined) return
  await act(stage, cast, step, { device, tab })
  if (step.waitMs === 0) return
  await virtualTime.pass(step.waitMs)
  for (const each of devices) {
    for (const open of each.tabs) {
      open.fresh.clear()
      noteAcknowledged(account, each, open)
    }
  }
}

async function act(
  stage: Stage,
  cast: Cast,
  step: Step,
  { device, tab }: { device: SimulatedDevice; tab: SimulatedTab },
): Promise<void> {
  const { network, server, conversation, people, account, request } = stage
  const { pick } = step
  const members = membersOf(conversation)
  const reopen = async (): Promise<void> => {
    device.tabs = device.tabs.filter((each) => each !== tab)
    device.tabs.push(await openTab(network, device, conversation))
  }
  switch (step.action) {
    case 'send':
    case 'reply':
    case 'edit':
    case 'remove':
    case 'moderate':
    case 'react':
    case 'unreact':
    case 'pin':
    case 'unpin':
      tab.process.run(() => writeSomething(account, device, tab, step))
      return
    case 'cut':
      for (const connection of [...device.connections]) connection.cut()
      return
    case 'cut-midway':
      for (const connection of device.connections) connection.cutMidway()
      return
    case 'hold':
      for (const connection of device.connections) connection.hold()
      return
    case 'release':
      for (const connection of device.connections) connection.release()
      return
    case 'go-offline':
      device.isOnline = false
      for (const connection of [...device.connections]) connection.cut()
      return
    case 'fade-out':
      // The browser knows that its network is gone; the server believes in the connection.
      device.isOnline = false
      for (const connection of device.connections) connection.hold()
      announce(device, 'offline')
      return
    case 'go-online':
      device.isOnline = true
      announce(device, 'online')
      return
    case 'reload':
      await tab.close()
      await reopen()
      return
    case 'crash-tab':
      for (const id of tab.fresh) account.perhapsLost.add(id)
      tab.process.kill()
      for (const connection of [...device.connections]) {
        if (pick % 2 === 0) connection.cut()
        else connection.hold()
      }
      await reopen()
      return
    case 'open-tab':
      if (device.tabs.length < MAX_TABS) {
        device.tabs.push(await openTab(network, device, conversation))
      }
      return
    case 'close-tab':
      if (device.tabs.length < 2) return
      device.tabs = device.tabs.filter((each) => each !== tab)
      await tab.close()
      return
    case 'restart':
      await server.restart(pick * 100)
      return
    case 'crash-server':
      await server.crash(pick * 100, pick % 2 === 0)
      return
    case 'leave':
      await request(0, 'DELETE', `${members}/${people[REMOVABLE]?.userId}`)
      return
    case 'return':
      await request(0, 'POST', members, { userId: people[REMOVABLE]?.userId })
      return
    case 'lower':
      await request(0, 'PATCH', `${members}/${people[MODERATOR]?.userId}`, { role: 'MEMBER' })
      return
    case 'raise':
      await request(0, 'PATCH', `${members}/${people[MODERATOR]?.userId}`, { role: 'ADMIN' })
      return
    case 'archive':
    case 'reopen':
      await request(0, 'PATCH', `/api/channels/${conversation.id}`, {
        isArchived: step.action === 'archive',
      })
      return
    case 'sign-out':
      await signOut(stage, cast)
      return
    case 'sign-in':
      signIn(stage, cast)
      return
    case 'set-clock':
      device.skewMs = SKEWS_MS[pick % SKEWS_MS.length] ?? 0
      return
  }
}

function announce({ tabs }: SimulatedDevice, event: 'online' | 'offline'): void {
  for (const { process } of tabs) process.run(() => process.events.dispatchEvent(new Event(event)))
}

async function signOut({ people, request }: Stage, cast: Cast): Promise<void> {
  const person = people[SIGNED_OUT]
  if (person === undefined || person.isSignedOut) return
  // Whoever has no session left to come back with stays.
  if (nextCookie(person, cast) === undefined) return
  await request(SIGNED_OUT, 'POST', '/api/auth/sign-out', {})
  person.isSignedOut = true
}

function nextCookie({ cookie }: Participant, cast: Cast): string | undefined {
  const cookies = cast.people[SIGNED_OUT]?.cookies ?? []
  return cookies[cookies.indexOf(cookie) + 1]
}

function signIn({ people, devices }: Stage, cast: Cast): void {
  const person = people[SIGNED_OUT]
  if (person === undefined || !person.isSignedOut) return
  const next = nextCookie(person, cast)
  if (next === undefined) return
  person.cookie = next
  person.isSignedOut = false
  for (const { tabs } of devices.filter((device) => device.person === person)) {
    for (const { process, engine } of tabs) process.run(() => engine.reconnect())
  }
}

/** The network is whole again, and everybody may do what they could at first. */
async function makeGood(stage: Stage, cast: Cast): Promise<void> {
  const { conversation, people, request, devices } = stage
  const members = membersOf(conversation)
  await request(0, 'PATCH', `/api/channels/${conversation.id}`, { isArchived: false })
  await request(0, 'POST', members, { userId: people[REMOVABLE]?.userId })
  await request(0, 'PATCH', `${members}/${people[MODERATOR]?.userId}`, { role: 'ADMIN' })
  signIn(stage, cast)
  for (const device of devices) {
    for (const connection of device.connections) connection.release()
    if (device.isOnline) continue
    device.isOnline = true
    announce(device, 'online')
  }
}
