import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../config/config.ts'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import { createMailer, MailRefused, type Mailer } from './mailer.ts'

const lines: string[] = []
const logger = { info: (line: string) => void lines.push(line) }
const hello = { to: 'ada@example.test', subject: 'Hello', text: 'What is new' }

describe('mail', () => {
  let server: MailServer
  let mailer: Mailer

  beforeEach(async () => {
    server = await startMailServer({ user: 'chat', password: 'a/b c' })
    mailer = createMailer(
      loadConfig({ SMTP_URL: server.url, MAIL_FROM: 'Chat <chat@a.test>' }),
      logger,
    )
  })
  afterEach(async () => {
    mailer.close()
    await server.close()
  })

  test('reaches a real SMTP server, with its two forms and its sender', async () => {
    await mailer.send({ ...hello, html: '<b>What is new</b>', id: 'one' })
    const [mail] = server.received
    expect(mail?.from).toBe('chat@a.test')
    expect(mail?.to).toEqual(['ada@example.test'])
    const { source = '' } = mail ?? {}
    expect(source).toContain('From: Chat <chat@a.test>')
    expect(source).toContain('Message-ID: <one@a.test>')
    expect(source).toContain('Auto-Submitted: auto-generated')
    expect(source).toMatch(/text\/plain[\s\S]*What is new[\s\S]*text\/html[\s\S]*<b>What is new/)
  })

  test('takes no second recipient or header out of what people wrote', async () => {
    await mailer.send({ ...hello, subject: 'Hi\r\nBcc: eve@example.test' })
    await mailer.send({ ...hello, to: 'ada@example.test, eve@example.test' }).catch(() => undefined)
    expect(server.received.flatMap(({ to }) => to)).not.toContain('eve@example.test')
    expect(server.received[0]?.source).not.toMatch(/^Bcc:/m)
  })

  test('is refused for good, or worth another try', async () => {
    server.refuseWith = 550
    await expect(mailer.send(hello)).rejects.toBeInstanceOf(MailRefused)
    server.refuseWith = 451
    const later = await mailer.send(hello).catch((error: unknown) => error)
    expect(later).toBeInstanceOf(Error)
    expect(later).not.toBeInstanceOf(MailRefused)
    server.refuseWith = undefined
    await mailer.send(hello)
    expect(server.received).toHaveLength(1)
  })

  test('is worth another try while the login is wrong or nobody answers', async () => {
    const wrong = createMailer(loadConfig({ SMTP_URL: server.url.replace('chat', 'eve') }), logger)
    const refused = await wrong.send(hello).catch((error: unknown) => error)
    wrong.close()
    await server.close()
    const silent = await mailer.send(hello).catch((error: unknown) => error)
    for (const error of [refused, silent]) {
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(MailRefused)
    }
    server = await startMailServer()
  })

  test('sends no password in the clear to another machine', async () => {
    // The same machine, under an address that does not look like it.
    const elsewhere = server.url.replace('127.0.0.1', '[::ffff:127.0.0.1]')
    const careful = createMailer(loadConfig({ SMTP_URL: elsewhere }), logger)
    await expect(careful.send(hello)).rejects.toThrow(/TLS/)
    careful.close()
    expect(server.received).toEqual([])
  })
})

test('without an SMTP server no mail goes out, and the log says so once', async () => {
  lines.length = 0
  const mailer = createMailer(loadConfig({}), logger)
  expect(mailer.isConfigured).toBe(false)
  await expect(mailer.send(hello)).rejects.toThrow('No SMTP server')
  expect(lines).toEqual(['no SMTP_URL is set: no e-mail is sent'])
})
