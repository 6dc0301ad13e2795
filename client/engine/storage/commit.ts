/**
 * Waits until a transaction is on the disk. Rejects with what made it fail: a request of it may
 * only say that it was aborted, and is not asked.
 */
export async function commit(
  done: Promise<void>,
  ...requests: readonly Promise<unknown>[]
): Promise<void> {
  for (const request of requests) request.catch(() => undefined)
  await done
}
