/** The command line of `npm run bench`: which benchmark, and how much of it. Pure. */

export const benchNames = [
  'fanout',
  'saturate',
  'open',
  'catchup',
  'full-copy',
  'import',
  'store',
  'idle',
  'search',
  'rest',
] as const
export type BenchName = (typeof benchNames)[number]

export interface BenchArguments {
  name: BenchName
  /** How long each measurement takes; each benchmark has its own default. */
  seconds: number | undefined
  /** How many clients, in place of the benchmark's own numbers. */
  clients: readonly number[] | undefined
  /** How many messages, in place of the benchmark's own numbers. */
  messages: readonly number[] | undefined
  /** The folder that the results are kept in; from the project's. */
  into: string
  /** A folder for what takes long to prepare: kept there, and used again. */
  store: string | undefined
}

export const usage = `npm run bench -- <${benchNames.join('|')}> [--seconds N] [--clients N[,N...]] [--messages N[,N...]] [--into FOLDER] [--store FOLDER]`

/** Throws an Error that says what is wrong. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const [first, ...rest] = args
  const name = benchNames.find((each) => each === first)
  if (name === undefined) throw new Error(usage)
  let seconds: number | undefined
  let clients: number[] | undefined
  let messages: number[] | undefined
  let into = 'bench-results'
  let store: string | undefined
  for (let index = 0; index < rest.length; index += 2) {
    const [option, value] = [rest[index], rest[index + 1]]
    if (option === '--seconds') seconds = parsePositive(option, value)
    else if (option === '--clients') clients = parseList(option, value)
    else if (option === '--messages') messages = parseList(option, value)
    else if (option === '--into' && value !== undefined) into = value
    else if (option === '--store' && value !== undefined) store = value
    else throw new Error(usage)
  }
  return { name, seconds, clients, messages, into, store }
}

function parseList(option: string, text: string | undefined): number[] {
  return (text ?? '').split(',').map((each) => parsePositive(option, each))
}

function parsePositive(option: string, text: string | undefined): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option} needs a whole number from 1`)
  return value
}
