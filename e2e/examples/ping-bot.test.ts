import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listMessagesResponseSchema } from '../../shared/api/messages.ts'
import { makeToken } from '../../server/testing/plain-client.ts'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'

let server: TestServer
let ada: TestPerson
let bot: TestPerson

beforeAll(async () => {
  server = await startTestServer({ limits: { segments: { maxMessages: 4, maxClients: 300 } } })
  ada = await server.signUp('Ada')
  bot = await server.signUp('Bot')
})
afterAll(() => server.close())

test('the README shows this bot, in twenty lines', () => {
  const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8')
  const [, shown = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(read('../../README.md')) ?? []
  expect(shown.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
  expect(shown).toContain('new WebsocketProvider(')
  expect(read('ping-bot.ts')).toContain(shown)
})

test('the bot of the README joins a channel, answers in it, and follows it into the next segment', async () => {
  const channel = await server.createChannel(ada, { name: 'C', slug: 'pings' })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: bot.userId })
  const path = `/api/channels/${channel.id}/messages`
  const pongs = async (): Promise<number> => {
    const { messages } = listMessagesResponseSchema.parse(
      await (await ada.request('GET', path)).json(),
    )
    const answers = messages.filter(({ content }) => content === 'pong')
    expect(answers.every(({ author }) => author.id === bot.userId)).toBe(true)
    return answers.length
  }
  const script = join(import.meta.dirname, 'ping-bot.ts')
  const child = spawn(process.execPath, [script, server.url, await makeToken(bot), channel.id], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const joined: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => joined.push(line))
    await expect.poll(() => joined).toEqual([`Joined channel:${channel.id}/1`])
    await ada.request('POST', path, { content: '!ping' })
    await expect.poll(pongs).toBe(1)
    for (const content of ['one', 'two']) await ada.request('POST', path, { content })
    await expect.poll(() => joined).toContain(`Joined channel:${channel.id}/2`)
    await ada.request('POST', path, { content: '!ping' })
    await expect.poll(pongs).toBe(2)
  } finally {
    const ended = once(child, 'exit')
    child.kill()
    await ended
  }
})
