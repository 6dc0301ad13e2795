/** Whether what was measured is as good as it was meant to be, beside a named baseline. Pure. */

export interface Aim {
  /** What is compared, in words. */
  what: string
  value: number
  baseline: string
  baselineValue: number
  /** The value may be at most, or must be at least, this many times the baseline's. */
  bound: 'at most' | 'at least'
  times: number
}

export interface Verdict extends Aim {
  /** How many times the baseline's value it is. */
  ratio: number
  holds: boolean
}

/** A ratio that cannot be told, because something was not measured, holds nothing. */
export function judgeAim(aim: Aim): Verdict {
  const ratio = aim.value / aim.baselineValue
  const holds = aim.bound === 'at most' ? ratio <= aim.times : ratio >= aim.times
  return { ...aim, ratio, holds }
}

export function formatVerdict({ what, baseline, bound, times, ratio, holds }: Verdict): string {
  const found = `${ratio.toFixed(2)} times ${baseline}, aim ${bound} ${times}`
  return `${holds ? 'holds ' : 'MISSED'} ${what}: ${found}`
}
