/** A profile of V8's, as shares of the steps that a message takes, and of single functions. Pure. */
import { z } from 'zod'

const frameSchema = z.object({ functionName: z.string(), url: z.string() })
/** What of a profile is needed here; of functions that call each other in a tree. */
export const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: frameSchema,
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})
export type Profile = z.infer<typeof profileSchema>
type Frame = z.infer<typeof frameSchema>

export interface ProfileShare {
  what: string
  ms: number
}

export interface ProfileSummary {
  /** Each sample belongs to the step whose code is nearest above it. */
  steps: readonly ProfileShare[]
  /** Time in the function itself, the dearest first. */
  functions: readonly ProfileShare[]
}

/** From the innermost file of ours outwards, the first that fits. */
const steps: readonly { what: string; file: RegExp; functionName?: RegExp }[] = [
  { what: 'guard', file: /\/shared\/(guard|document|records)\// },
  { what: 'projection', file: /\/server\/projection\// },
  { what: 'snapshot', file: /\/server\/journal\/store-snapshot\.ts$/ },
  { what: 'journal', file: /\/server\/journal\/journal\.ts$/ },
  { what: 'apply in memory', file: /\/server\/journal\/admission\.ts$/, functionName: /^apply$/ },
  { what: 'commit', file: /\/server\/journal\/admission\.ts$/, functionName: /^commit/ },
  { what: 'ids of a conversation', file: /\/server\/journal\/(foreign-messages|segments)\.ts$/ },
  { what: 'batches', file: /\/server\/journal\// },
]
const GARBAGE = '(garbage collector)'

export function summariseProfile({ nodes, samples, timeDeltas }: Profile): ProfileSummary {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  )
  const stepMs = new Map<string, number>()
  const functionMs = new Map<string, number>()
  const add = (sums: Map<string, number>, what: string, ms: number): void =>
    void sums.set(what, (sums.get(what) ?? 0) + ms)
  const stepOf = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame
      if (frame?.functionName === GARBAGE) return 'garbage collection'
      const step = frame && steps.find((each) => fits(each, frame))
      if (step !== undefined) return step.what
    }
    return 'other'
  }
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id)
    if (node === undefined || node.callFrame.functionName === '(idle)') continue
    const ms = (timeDeltas[index] ?? 0) / 1_000
    add(stepMs, stepOf(id), ms)
    add(functionMs, describe(node.callFrame), ms)
  }
  return { steps: sorted(stepMs), functions: sorted(functionMs) }
}

function fits(step: (typeof steps)[number], { functionName, url }: Frame): boolean {
  return step.file.test(url) && (step.functionName?.test(functionName) ?? true)
}

function describe({ functionName, url }: Frame): string {
  const file = url.split('/').slice(-2).join('/')
  if (file === '' && functionName === '') return 'native code, such as SQLite'
  return file === '' ? functionName : `${functionName === '' ? 'anonymous' : functionName} ${file}`
}

function sorted(sums: ReadonlyMap<string, number>): ProfileShare[] {
  return [...sums].map(([what, ms]) => ({ what, ms })).toSorted((one, other) => other.ms - one.ms)
}
