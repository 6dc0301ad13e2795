/**
 * Each page keeps the directory as it knows it under a name of its own, since no page knows the
 * commands of the others: what an earlier page left is merged into what the next one begins with.
 * Pure.
 */
import { z } from 'zod'

const directorySchema = z.looseObject({
  /** When it was kept, ms UTC. */
  timestamp: z.number(),
  clientState: z.looseObject({
    queries: z.array(z.unknown()),
    mutations: z.array(
      z.looseObject({
        mutationKey: z.array(z.unknown()),
        state: z.looseObject({ variables: z.unknown() }),
      }),
    ),
  }),
})

type Directory = z.infer<typeof directorySchema>
type Command = Directory['clientState']['mutations'][number]

/**
 * The newest of these kept directories with the commands of all, each once; undefined when none of
 * them can be read. What is damaged is left out: the server has all of it but the commands.
 */
export function mergeDirectories(texts: readonly string[]): string | undefined {
  const known = texts
    .flatMap(parseDirectory)
    .toSorted((one, other) => other.timestamp - one.timestamp)
  const [newest] = known
  if (newest === undefined) return undefined
  const commands = new Map<string, Command>()
  for (const { clientState } of known) {
    for (const command of clientState.mutations) {
      const name = JSON.stringify([command.mutationKey, command.state.variables])
      if (!commands.has(name)) commands.set(name, command)
    }
  }
  const clientState = { ...newest.clientState, mutations: [...commands.values()] }
  return JSON.stringify({ ...newest, clientState })
}

function parseDirectory(text: string): Directory[] {
  try {
    const parsed = directorySchema.safeParse(JSON.parse(text))
    return parsed.success ? [parsed.data] : []
  } catch {
    return [] // not even JSON
  }
}
