/** The command line of `npm run bench`: which benchmark, and how much of it. Pure. */

export const benchNames = ['fanout'] as const
export type BenchName = (typeof benchNames)[number]

export interface BenchArguments {
  name: BenchName
  /** How long each measurement takes; each benchmark has its own default. */
  seconds: number | undefined
  /** How many clients, in place of the benchmark's own numbers. */
  clients: readonly number[] | undefined
}

export const usage = `npm run bench -- <${benchNames.join('|')}> [--seconds N] [--clients N[,N...]]`

/** Throws an Error that says what is wrong. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const [first, ...rest] = args
  const name = benchNames.find((each) => each === first)
  if (name === undefined) throw new Error(usage)
  let seconds: number | undefined
  let clients: number[] | undefined
  for (let index = 0; index < rest.length; index += 2) {
    const [option, value] = [rest[index], rest[index + 1]]
    if (option === '--seconds') seconds = parsePositive(option, value)
    else if (option === '--clients') {
      clients = (value ?? '').split(',').map((each) => parsePositive(option, each))
    } else throw new Error(usage)
  }
  return { name, seconds, clients }
}

function parsePositive(option: string, text: string | undefined): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option} needs a whole number from 1`)
  return value
}
