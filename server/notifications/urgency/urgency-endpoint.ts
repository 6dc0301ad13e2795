/**
 * Asks a model of the team's own, by HTTP, whether a message is urgent. What it does not answer well
 * or in time is judged by the built-in scorer, and then it is left alone for a while.
 */
import type { UrgencyQuestion } from './urgency-question.ts'
import { urgencyAnswerSchema, type UrgencyJudge } from './urgency-question.ts'

export interface UrgencyEndpointDeps {
  url: string
  fallback: (question: UrgencyQuestion) => number
  now: () => number
  onFailure: (error: unknown) => void
}

const TIMEOUT_MS = 2_000
const REST_MS = 30_000
const MAX_ANSWER_BYTES = 10_000

export function createUrgencyEndpoint(deps: UrgencyEndpointDeps): UrgencyJudge {
  let restsUntil = 0
  return async (question) => {
    if (deps.now() < restsUntil) return deps.fallback(question)
    try {
      return await ask(deps.url, question)
    } catch (error) {
      restsUntil = deps.now() + REST_MS
      deps.onFailure(error)
      return deps.fallback(question)
    }
  }
}

async function ask(url: string, question: UrgencyQuestion): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`URGENCY_URL answered ${response.status}`)
  let text = ''
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(
    new TextDecoderStream(),
  )) {
    text += chunk
    if (text.length > MAX_ANSWER_BYTES) throw new Error('URGENCY_URL answered too much')
  }
  return urgencyAnswerSchema.parse(JSON.parse(text)).score
}
