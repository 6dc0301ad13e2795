/** A real SMTP server on a free port that keeps what it gets, and refuses when told to; for tests. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface ReceivedMail {
  from: string
  to: string[]
  /** Headers and body as they came in. */
  source: string
}

export interface MailServer {
  url: string
  received: ReceivedMail[]
  /** The SMTP status for the next recipients, until it is set to undefined again. */
  refuseWith: number | undefined
  /** How many recipients were refused. */
  refusals: number
  close: () => Promise<void>
}

export async function startMailServer(login?: {
  user: string
  password: string
}): Promise<MailServer> {
  const mailServer: MailServer = {
    url: '',
    received: [],
    refuseWith: undefined,
    refusals: 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth({ username, password }, _session, callback) {
      const isRight = username === login?.user && password === login?.password
      callback(isRight ? null : new Error('Wrong login'), isRight ? { user: username } : undefined)
    },
    onRcptTo(_address, _session, callback) {
      if (mailServer.refuseWith === undefined) return callback()
      mailServer.refusals += 1
      const refusal = new Error('Refused by the test')
      return callback(Object.assign(refusal, { responseCode: mailServer.refuseWith }))
    },
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = envelope
        mailServer.received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString(),
        })
        callback()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo // a TCP server has no other kind of address
  const who = login ? `${login.user}:${encodeURIComponent(login.password)}@` : ''
  mailServer.url = `smtp://${who}127.0.0.1:${port}`
  return mailServer
}
