/** Shows how far an import has come: a bar on a terminal, now and then a line elsewhere. */
import { SingleBar } from 'cli-progress'

export interface ImportProgress {
  start: (step: string, total: number) => void
  advance: (count: number) => void
  stop: () => void
}

/** Says nothing. */
export const silentProgress: ImportProgress = {
  start: () => undefined,
  advance: () => undefined,
  stop: () => undefined,
}

export interface ProgressOutput {
  stream: NodeJS.WriteStream
  isInteractive: boolean
}

export function createImportProgress({ stream, isInteractive }: ProgressOutput): ImportProgress {
  return isInteractive ? createBar(stream) : createLines(stream)
}

function createBar(stream: NodeJS.WriteStream): ImportProgress {
  const bar = new SingleBar({
    stream,
    format: '{step} [{bar}] {percentage}% {value}/{total}',
    hideCursor: true,
  })
  return {
    start(step, total) {
      bar.stop()
      bar.start(total, 0, { step: step.padEnd(8) })
    },
    advance: (count) => bar.increment(count),
    stop: () => bar.stop(),
  }
}

function createLines(stream: NodeJS.WriteStream): ImportProgress {
  let step = ''
  let total = 0
  let done = 0
  return {
    start(nextStep, nextTotal) {
      ;[step, total, done] = [nextStep, nextTotal, 0]
      stream.write(`${step}: 0 of ${total}\n`)
    },
    advance(count) {
      const tenthBefore = Math.floor((done * 10) / total)
      done += count
      if (Math.floor((done * 10) / total) > tenthBefore) {
        stream.write(`${step}: ${done} of ${total}\n`)
      }
    },
    stop: () => undefined,
  }
}
