/** A server under load as a process of its own, over a folder that goes with it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../testing/find-free-port.ts'

export interface RunningProcess {
  url: string
  pid: number
  dataDir: string
  /** Ends it in order, then calls back, then removes its folder. */
  stop: (beforeRemoval?: () => void) => Promise<void>
}

export interface ProcessOptions {
  /** From the project's folder. */
  script: string
  /** It prints this when it listens. */
  readyText: string
  settings?: Readonly<Record<string, string>>
  nodeArguments?: readonly string[]
  /** A folder that is there already; goes with the process, too. */
  dataDir?: string
}

const projectFolder = join(import.meta.dirname, '../../..')

export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { script, readyText, settings = {}, nodeArguments = [] } = options
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'connectnow-bench-'))
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [...nodeArguments, join(projectFolder, script)], {
    cwd: dataDir,
    env: { PATH, HOME, DATA_DIR: dataDir, PORT: String(port), PUBLIC_URL: url, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let output = ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        if (output.includes(readyText)) resolve()
      })
    }
    child.once('close', () => reject(new Error(`${script} ended:\n${output}`)))
  })
  return {
    url,
    pid: child.pid ?? 0,
    dataDir,
    async stop(beforeRemoval) {
      child.kill('SIGTERM')
      await exited
      beforeRemoval?.()
      rmSync(dataDir, { recursive: true })
    },
  }
}
