/** The real server as a process of its own, and its end by SIGKILL. Imports nothing of the server. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { findFreePort } from './find-free-port.ts'

const root = join(import.meta.dirname, '../..')

export interface ServerProcess {
  url: string
  pid: number
  /** Kills it as a power cut would: no signal handler runs. Resolves when the process is gone. */
  kill: () => Promise<void>
  /** Ends it in order. Resolves when the process is gone. */
  stop: () => Promise<void>
}

/** Starts a process that will serve on `url`; it may be killed before it listens. */
export interface StartingServer extends Omit<ServerProcess, 'url' | 'pid'> {
  /** Resolves when it listens; rejects with what it printed when it ends before. */
  listening: Promise<ServerProcess>
}

export interface ServerOptions {
  port?: number
  settings?: Readonly<Record<string, string>>
}

/**
 * Starts the server over a data directory, on a free port of this machine alone unless one is
 * given; settings are variables of its environment. Tells with what it printed when it ends without having been asked to.
 */
export async function spawnServer(
  dataDir: string,
  onUnexpectedEnd: (error: Error) => void,
  { port: givenPort, settings = {} }: ServerOptions = {},
): Promise<StartingServer> {
  const port = givenPort ?? (Number(settings.PORT) || (await findFreePort()))
  const url = `http://127.0.0.1:${port}`
  const child = runNode('server/main.ts', [], {
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: url,
    LOG_LEVEL: 'error',
    ...settings,
  })
  const exited = once(child, 'exit')
  let isKilled = false
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    isKilled = true
    child.kill(signal)
    await exited
  }
  const kill = (): Promise<void> => end('SIGKILL')
  const stop = (): Promise<void> => end('SIGTERM')
  const listening = new Promise<ServerProcess>((resolve, reject) => {
    const output = collectOutput(child, (text) => {
      if (text.includes(url)) resolve({ url, pid: child.pid ?? 0, kill, stop })
    })
    child.once('close', () => {
      const error = new Error(`The server ended:\n${output()}`)
      reject(error)
      if (!isKilled) onUnexpectedEnd(error)
    })
  })
  // Whoever kills it while it starts does not wait for it.
  listening.catch(() => undefined)
  return { kill, stop, listening }
}

/** Runs a command of the server's command line; answers its exit code and what it printed. */
export async function runServerCommand(
  dataDir: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const child = runNode('server/cli.ts', args, { DATA_DIR: dataDir })
  const output = collectOutput(child, () => undefined)
  const [code] = (await once(child, 'close')) as [number | null] // what 'close' is emitted with
  return { code, output: output() }
}

function runNode(
  script: string,
  args: readonly string[],
  settings: Record<string, string>,
): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  return spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: { PATH, HOME, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function collectOutput(child: ChildProcess, onText: (text: string) => void): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      onText(text)
    })
  }
  return () => text
}
