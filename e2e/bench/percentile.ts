/** Percentiles of many measurements. Pure. */

/** The value that `share` (0 to 1) of the sorted values do not exceed; NaN when there are none. */
export function percentile(sorted: Float64Array, share: number): number {
  const index = Math.max(0, Math.ceil(sorted.length * share) - 1)
  return sorted[index] ?? Number.NaN
}
