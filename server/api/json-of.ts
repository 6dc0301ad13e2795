/** What a request's body says, for middleware before a handler that reads the body itself. */

/** Undefined where it is no JSON. */
export async function jsonOf(request: Request): Promise<unknown> {
  try {
    return await request.clone().json()
  } catch {
    return undefined
  }
}
