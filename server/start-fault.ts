/**
 * What keeps the server or a command from starting, said to the person who starts it: one
 * sentence, without a stack trace, since the fault is in the machine and not in the program.
 */

/** A start that failed for an expected reason; its message is for people. */
export class StartFault extends Error {
  override readonly name = 'StartFault'
}

/** Runs one step of a start; `sentence` says what its failure means. */
export function startStep<Result>(
  step: () => Result,
  sentence: (reason: string) => string,
): Result {
  try {
    return step()
  } catch (cause) {
    throw new StartFault(sentence(reasonOf(cause)), { cause })
  }
}

/** What is printed about a failed start or command: bugs alone show where they happened. */
export function describeFailure(error: unknown): string {
  if (error instanceof StartFault) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
