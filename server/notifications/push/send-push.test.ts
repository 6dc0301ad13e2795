import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startPushService, type PushService } from '../../testing/push-service.ts'
import { createPushAgent, createSendPush, type PushOutcome, type PushTarget } from './send-push.ts'
import { readVapidKeys, type VapidKeys } from './vapid-keys.ts'

const message = { payload: '{}', isUrgent: false }

let dataDir: string
let keys: VapidKeys
let push: PushService

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
  keys = readVapidKeys({ dataDir })
  push = await startPushService()
})
afterEach(async () => {
  await push.close()
  rmSync(dataDir, { recursive: true })
})

function targetOf(): PushTarget {
  const { endpoint, keys: own } = push.createBrowser()
  return { endpoint, ...own }
}

const outcomes: [status: number, outcome: PushOutcome][] = [
  [201, 'sent'],
  [404, 'gone'],
  [410, 'gone'],
  [400, 'refused'],
  [401, 'refused'],
  [403, 'refused'],
  [413, 'refused'],
  [301, 'refused'],
  [429, 'later'],
  [500, 'later'],
  [503, 'later'],
]

test.each(outcomes)('P11.7 what a push service answers with %i is %s', async (status, outcome) => {
  push.status = status
  const send = createSendPush(keys, 'https://chat.test', push.agent)
  expect(await send(targetOf(), message)).toBe(outcome)
  expect(push.requests).toBe(1)
})

test('P11.7 a browser whose keys are none is gone, and nothing is sent to it', async () => {
  const send = createSendPush(keys, 'https://chat.test', push.agent)
  expect(await send({ ...targetOf(), p256dh: 'A'.repeat(87) }, message)).toBe('gone')
  expect(push.requests).toBe(0)
})

test('P11.9 no connection is made to a name that leads to this machine', async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo // a TCP server has no other kind of address
  const agent = createPushAgent()
  const send = createSendPush(keys, 'https://chat.test', agent)
  const endpoint = `https://localhost:${port}/push`
  expect(await send({ ...targetOf(), endpoint }, message)).toBe('later')
  expect(connections).toBe(0)
  agent.destroy()
  await new Promise((resolve) => server.close(resolve))
})
