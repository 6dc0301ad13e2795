/**
 * The generator of the OpenAPI document writes a pattern's flags at its end, `^…$/u`, and nothing matches
 * that. JSON Schema reads every pattern as Unicode anyway.
 */
const FLAGGED = /^(.*)\/[a-z]+$/s

/** Mends every `pattern` within, in place. */
export function dropPatternFlags(node: unknown): void {
  if (typeof node !== 'object' || node === null) return
  if ('pattern' in node && typeof node.pattern === 'string') {
    node.pattern = node.pattern.replace(FLAGGED, '$1')
  }
  for (const each of Object.values(node)) dropPatternFlags(each)
}
