/** Clients in a process of their own: their work must not be done where the server's is. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ServerUnderLoad } from '../servers/start-server-under-load.ts'
import type { Load, LoadResult, WorkerAnswer, WorkerRequest } from './worker-messages.ts'

export interface RunningClients {
  run: (load: Load) => Promise<LoadResult>
  stop: () => Promise<void>
}

/** Resolves when all clients are connected. */
export async function startClients(
  { kind, seats, pid }: Pick<ServerUnderLoad, 'kind' | 'seats' | 'pid'>,
  nodeArguments: readonly string[] = [],
): Promise<RunningClients> {
  const child = fork(join(import.meta.dirname, 'client-worker.ts'), {
    execArgv: [...nodeArguments],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  async function ask(request: WorkerRequest): Promise<WorkerAnswer> {
    const answered = once(child, 'message')
    child.send(request)
    const [answer] = (await Promise.race([
      answered,
      exited.then(() => [{ type: 'failed', reason: 'the clients ended' }]),
    ])) as [WorkerAnswer] // what the worker sends, or the end above
    if (answer.type === 'failed') throw new Error(`Clients of ${kind}: ${answer.reason}`)
    return answer
  }
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect()
    await exited
  }
  try {
    await ask({ type: 'open', kind, seats, serverPid: pid })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    stop,
    async run(load) {
      const answer = await ask({ type: 'run', load })
      if (answer.type !== 'ran') throw new Error(`Clients of ${kind} did not run`)
      return answer.result
    },
  }
}
