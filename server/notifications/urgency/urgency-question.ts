/** What is asked of whoever judges whether a message is urgent, and what they answer. */
import { z } from 'zod'

export interface UrgencyQuestion {
  /** The message, with mentions as it is stored. */
  text: string
  /** It is meant for this one person: a DM of two, or the only name in it. */
  isToOnePerson: boolean
  /** What its author wrote in the conversation shortly before, the newest first. */
  earlier: readonly { text: string; secondsBefore: number }[]
  /**
   * How the author stands to the reader: leads the workspace or channel, is in a channel with them or
   * was answered by them, or is neither.
   */
  relation: 'leads' | 'knows' | 'stranger'
}

/** From 0 to 1; urgent from `URGENT_SCORE` on. */
export type UrgencyJudge = (question: UrgencyQuestion) => number | Promise<number>

export const URGENT_SCORE = 0.5

/** What a model of one's own answers over HTTP. */
export const urgencyAnswerSchema = z.object({ score: z.number().min(0).max(1) })
